using System.Collections;
using System.Management.Automation;
using System.Security;
using System.Text.Json;
using MultiExit.Engine.Configuration.Editing;
using MultiExit.Engine.Status;

namespace MultiExit.Commands;

/// <summary>New-MxUser: adds a user to the top-level users of a running server.</summary>
[Cmdlet(VerbsCommon.New, "MxUser", DefaultParameterSetName = NameSet, SupportsShouldProcess = true)]
[OutputType(typeof(MxUser))]
public sealed class NewMxUserCommand : ServerConfigCommand
{
    private const string NameSet = "Name";
    private const string CredentialSet = "Credential";

    /// <summary>The user.</summary>
    [Parameter(ParameterSetName = NameSet, Mandatory = true, Position = 0, ValueFromPipelineByPropertyName = true)]
    [ValidateNotNullOrEmpty]
    public string Name { get; set; } = "";

    /// <summary>The user and its password.</summary>
    [Parameter(ParameterSetName = CredentialSet, Mandatory = true)]
    [Credential]
    [ValidateNotNull]
    public PSCredential? Credential { get; set; }

    /// <summary>The server.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [ArgumentCompleter(typeof(ServerNameCompleter))]
    [SupportsWildcards]
    [ValidateNotNullOrEmpty]
    public string Server { get; set; } = "*";

    /// <summary>The inbounds that get it in their list of users; those with users: all have it in any case.</summary>
    [Parameter]
    [ArgumentCompleter(typeof(InboundNameCompleter))]
    [ValidateNotNullOrEmpty]
    public string[] Inbound { get; set; } = [];

    /// <summary>The password.</summary>
    [Parameter(ParameterSetName = NameSet)]
    [ValidateNotNull]
    public SecureString? Password { get; set; }

    /// <summary>Keys for tunnels by their names: the path of a file on the server's machine, or a secure string.</summary>
    [Parameter]
    [ValidateNotNull]
    public Hashtable? Key { get; set; }

    /// <summary>Tokens by their names: the path of a file on the server's machine, or a secure string.</summary>
    [Parameter]
    [ValidateNotNull]
    public Hashtable? Token { get; set; }

    /// <summary>Keys for shadowsocks inbounds by their names: the path of a file on the server's machine, or a secure string.</summary>
    [Parameter]
    [ValidateNotNull]
    public Hashtable? Psk { get; set; }

    /// <summary>The client certificates that it is known by: <c>san</c>, <c>subject</c> or <c>sha256</c>, with one value or several.</summary>
    [Parameter]
    [ValidateNotNull]
    public Hashtable? Certificate { get; set; }

    /// <summary>Networks whose clients are the user without a login.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string[]? Network { get; set; }

    /// <summary>The end: a day, which counts to its end in UTC, or a time.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? Expires { get; set; }

    /// <summary>The groups that it belongs to.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string[]? Group { get; set; }

    /// <summary>It may not log in yet.</summary>
    [Parameter]
    public SwitchParameter Disable { get; set; }

    /// <summary>Write the user.</summary>
    [Parameter]
    public SwitchParameter PassThru { get; set; }

    private string User => Credential?.UserName ?? Name;

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        if (FindServer(Wanted(Server)) is { } server) Try(User, () => Process(server));
    }

    private void Process(RunningServer server)
    {
        if (Await(server.Control.GetUsersAsync).FirstOrDefault(user => user.Name == User) is { } known && (known.IsShared || known.Inbounds.Count > 0))
        {
            WriteError(NewError("UserExists", ErrorCategory.ResourceExists, User,
                $"The server {server.Name} has a user {User} already; Set-MxUser changes it."));
            return;
        }
        IReadOnlyList<ListenerStatus> listeners = Await(server.Control.GetStatusAsync).Listeners;
        if (Inbound.FirstOrDefault(name => !listeners.Any(listener => listener.Inbound == name)) is { } unknown)
        {
            WriteError(NewError("InboundNotFound", ErrorCategory.ObjectNotFound, unknown,
                $"The server {server.Name} has no inbound '{unknown}'; it has {string.Join(", ", listeners.Select(listener => listener.Inbound))}."));
            return;
        }
        string? hash = null;
        if ((Credential?.Password ?? Password) is { } password && UserEdits.Hash(password, out hash) is { } fault)
        {
            WriteError(NewError("HashNotMade", ErrorCategory.InvalidArgument, User, $"No hash is made of the password of {User}: {fault}."));
            return;
        }
        List<ConfigEdit> edits = [ConfigEdit.Set(UserEdits.PathOf(User), JsonSerializer.SerializeToElement(NewUser(hash)))];
        JsonElement config = Await(server.Control.GetConfigJsonAsync);
        string[] settings = [.. Await(server.Control.GetConfigAsync).Settings];
        edits.AddRange(UserEdits.InLists(config, settings, User, name => Inbound.Contains(name, StringComparer.Ordinal)));
        if (Edit(server, $"Add user {User}", edits) is not null && PassThru)
            WriteObject(new MxUser(server, Await(server.Control.GetUsersAsync).First(user => user.Name == User)));
    }

    private Dictionary<string, object> NewUser(string? hash)
    {
        Dictionary<string, object> user = new(StringComparer.Ordinal);
        if (hash is not null) user["password_hash"] = hash;
        if (Key is { Count: > 0 }) user["keys"] = SecretsOf(Key);
        if (Token is { Count: > 0 }) user["tokens"] = SecretsOf(Token);
        if (Psk is { Count: > 0 }) user["psks"] = SecretsOf(Psk);
        if (Certificate is { Count: > 0 }) user["certificate"] = UserEdits.Certificate(Certificate);
        if (Network is not null) user["networks"] = Network;
        if (Expires is not null) user["expires"] = Expires;
        if (Group is not null) user["groups"] = Group;
        if (Disable) user["disabled"] = true;
        return user;
    }

    private static Dictionary<string, object> SecretsOf(Hashtable secrets)
    {
        Dictionary<string, object> named = new(StringComparer.Ordinal);
        foreach (DictionaryEntry entry in secrets)
            named[entry.Key.ToString()!] = UserEdits.Secret(entry.Value is PSObject wrapped ? wrapped.BaseObject : entry.Value ?? "");
        return named;
    }
}
