using System.Globalization;
using System.Management.Automation;
using System.Security;
using System.Text.Json;
using MultiExit.Engine.Configuration;
using MultiExit.Engine.Configuration.Editing;
using MultiExit.Engine.Hashing;
using MultiExit.Engine.Status;

namespace MultiExit.Commands;

/// <summary>Set-MxUser: adds a user to a running server, changes its password or limits, or removes it.</summary>
[Cmdlet(VerbsCommon.Set, "MxUser", DefaultParameterSetName = NameSet, SupportsShouldProcess = true)]
[OutputType(typeof(MxUser))]
public sealed class SetMxUserCommand : ServerConfigCommand
{
    private const string NameSet = "Name";
    private const string CredentialSet = "Credential";
    private const string RemoveSet = "Remove";
    private const string None = "none";

    /// <summary>The user.</summary>
    [Parameter(ParameterSetName = NameSet, Mandatory = true, Position = 0, ValueFromPipelineByPropertyName = true)]
    [Parameter(ParameterSetName = RemoveSet, Mandatory = true, Position = 0, ValueFromPipelineByPropertyName = true)]
    [ArgumentCompleter(typeof(UserNameCompleter))]
    [ValidateNotNullOrEmpty]
    public string Name { get; set; } = "";

    /// <summary>The server.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [ArgumentCompleter(typeof(ServerNameCompleter))]
    [SupportsWildcards]
    [ValidateNotNullOrEmpty]
    public string Server { get; set; } = "*";

    /// <summary>The inbounds where the user is, or is to be; without it those where it is.</summary>
    [Parameter]
    [ArgumentCompleter(typeof(InboundNameCompleter))]
    [SupportsWildcards]
    [ValidateNotNullOrEmpty]
    public string[]? Inbound { get; set; }

    /// <summary>The new password.</summary>
    [Parameter(ParameterSetName = NameSet)]
    [ValidateNotNull]
    public SecureString? Password { get; set; }

    /// <summary>The user and its new password.</summary>
    [Parameter(ParameterSetName = CredentialSet, Mandatory = true)]
    [Credential]
    [ValidateNotNull]
    public PSCredential? Credential { get; set; }

    /// <summary>The most sessions at a time; 0: no limit of its own.</summary>
    [Parameter(ParameterSetName = NameSet)]
    [Parameter(ParameterSetName = CredentialSet)]
    [ValidateRange(0, 1_000_000)]
    public int? Connections { get; set; }

    /// <summary>New sessions a second; 0: no limit of its own.</summary>
    [Parameter(ParameterSetName = NameSet)]
    [Parameter(ParameterSetName = CredentialSet)]
    [ValidateRange(0, 1_000_000)]
    public int? NewConnections { get; set; }

    /// <summary>The most UDP associations at a time; 0: no limit of its own.</summary>
    [Parameter(ParameterSetName = NameSet)]
    [Parameter(ParameterSetName = CredentialSet)]
    [ValidateRange(0, 1_000_000)]
    public int? UdpAssociations { get; set; }

    /// <summary>Bytes a second, <c>10MB/s</c>; <c>none</c>: no limit of its own.</summary>
    [Parameter(ParameterSetName = NameSet)]
    [Parameter(ParameterSetName = CredentialSet)]
    [Size("10MB/s")]
    [ValidateNotNullOrEmpty]
    public string? Bandwidth { get; set; }

    /// <summary>Bytes a month, <c>500GB</c>; <c>none</c>: no limit of its own.</summary>
    [Parameter(ParameterSetName = NameSet)]
    [Parameter(ParameterSetName = CredentialSet)]
    [Size("500GB")]
    [ValidateNotNullOrEmpty]
    public string? Quota { get; set; }

    /// <summary>Remove the user from the inbounds, and its limits with it once it is in none.</summary>
    [Parameter(ParameterSetName = RemoveSet, Mandatory = true)]
    public SwitchParameter Remove { get; set; }

    /// <summary>Write the user.</summary>
    [Parameter]
    public SwitchParameter PassThru { get; set; }

    private string User => Credential?.UserName ?? Name;

    private SecureString? NewPassword => Credential?.Password ?? Password;

    private string LimitsPath => ConfigPath.Append("limits.users", User);

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        if (FindServer(Wanted(Server)) is { } server) Try(User, () => Process(server));
    }

    private void Process(RunningServer server)
    {
        UserStatus? known = Await(server.Control.GetUsersAsync).FirstOrDefault(user => user.Name == User);
        if (FindInbounds(server, known?.Inbounds ?? []) is not { } inbounds) return;

        string[] settings = [.. Await(server.Control.GetConfigAsync).Settings];
        List<ConfigEdit> edits = [];
        if (Remove)
            AddRemoval(edits, inbounds, known, settings);
        else if (!AddLogins(edits, server, inbounds, known, settings))
            return;

        AddLimit(edits, settings, "connections", Number(Connections));
        AddLimit(edits, settings, "new", Number(NewConnections) is { } rate && rate != None ? rate + "/s" : Number(NewConnections));
        AddLimit(edits, settings, "udp", Number(UdpAssociations));
        AddLimit(edits, settings, "bandwidth", Bandwidth);
        AddLimit(edits, settings, "quota", Quota);
        if (edits.Count == 0 && (Connections ?? NewConnections ?? UdpAssociations) is null && (Bandwidth ?? Quota) is null)
        {
            WriteError(NewError("NothingToSet", ErrorCategory.InvalidArgument, User,
                $"There is nothing to change about the user {User}: give a password, a limit, or -Remove."));
        }
        // Limits that are to be removed may be absent.
        else if ((edits.Count == 0 || Edit(server, Remove ? $"Remove user {User}" : $"Set user {User}", edits) is not null) && PassThru && !Remove)
        {
            WriteObject(new MxUser(server, Await(server.Control.GetUsersAsync).First(user => user.Name == User)));
        }
    }

    // Null after an error.
    private List<string>? FindInbounds(RunningServer server, IReadOnlyList<string> present)
    {
        if (Inbound is null)
        {
            if (present.Count > 0) return [.. present];
            WriteError(NewError("UserNotFound", ErrorCategory.ObjectNotFound, User, Remove
                ? $"The server {server.Name} has no user {User}."
                : $"The server {server.Name} has no user {User}; say with -Inbound where it is to be, and give it a password."));
            return null;
        }
        IReadOnlyList<ListenerStatus> listeners = Await(server.Control.GetStatusAsync).Listeners;
        HashSet<string> found = new(StringComparer.Ordinal);
        foreach (NamePattern wanted in Wanted(Inbound))
        {
            // A wildcard means the inbounds that have users; a name is taken literally.
            string[] names = [.. wanted.Choose(listeners, listener => listener.Inbound)
                .Where(listener => !wanted.IsWildcard || InboundTypes.HasUsers(listener.Type))
                .Select(listener => listener.Inbound).Where(name => !Remove || present.Contains(name, StringComparer.Ordinal))];
            found.UnionWith(names);
            if (names.Length > 0 || wanted.IsWildcard) continue;
            WriteError(NewError("InboundNotFound", ErrorCategory.ObjectNotFound, wanted.Text, Remove
                ? $"The server {server.Name} has no inbound '{wanted.Text}' with the user {User}."
                : $"The server {server.Name} has no inbound '{wanted.Text}'; it has {string.Join(", ", listeners.Select(listener => listener.Inbound))}."));
            return null;
        }
        return [.. found];
    }

    private bool AddLogins(List<ConfigEdit> edits, RunningServer server, List<string> inbounds, UserStatus? known, string[] settings)
    {
        foreach (string inbound in inbounds)
        {
            string path = PathOf(inbound);
            bool isThere = known?.Inbounds.Contains(inbound, StringComparer.Ordinal) == true;
            if (NewPassword is { } hashed && isThere && IsThere(settings, ConfigPath.Append(path, "password_hash")))
            {
                HashSettings made = new(PasswordAlgorithm.Argon2id);
                Secret password = SecretOf.Text(hashed);
                if (password.WhyNoHash(made) is { } fault)
                {
                    WriteError(NewError("HashNotMade", ErrorCategory.InvalidArgument, User,
                        $"The user {User} has a `password_hash`, and no hash is made: {fault}."));
                    return false;
                }
                edits.Add(ConfigEdit.Set(ConfigPath.Append(path, "password_hash"), password.Hash(made).Reveal()));
            }
            else if (NewPassword is { } secret)
            {
                string password = EditValue.TextOf(secret);
                edits.Add(isThere
                    ? ConfigEdit.Set(ConfigPath.Append(path, "password"), password)
                    : ConfigEdit.Set(path, JsonSerializer.SerializeToElement(new { password })));
            }
            else if (!isThere)
            {
                WriteError(NewError("PasswordMissing", ErrorCategory.InvalidArgument, User,
                    $"The inbound {inbound} of the server {server.Name} has no user {User}; give it a password with -Password or -Credential."));
                return false;
            }
        }
        return true;
    }

    private void AddRemoval(List<ConfigEdit> edits, List<string> inbounds, UserStatus? known, string[] settings)
    {
        edits.AddRange(inbounds.Select(inbound => ConfigEdit.Remove(PathOf(inbound))));
        if (known?.Inbounds.All(inbounds.Contains) == true && IsThere(settings, LimitsPath)) edits.Add(ConfigEdit.Remove(LimitsPath));
    }

    private void AddLimit(List<ConfigEdit> edits, string[] settings, string key, string? value)
    {
        string path = ConfigPath.Append(LimitsPath, key);
        if (value is null) return;
        if (!value.Equals(None, StringComparison.OrdinalIgnoreCase))
            edits.Add(ConfigEdit.Set(path, value));
        else if (IsThere(settings, path))
            edits.Add(ConfigEdit.Remove(path));
    }

    private string PathOf(string inbound) => ConfigPath.Append(ConfigPath.Append(ConfigPath.AppendName("inbounds", inbound), "users"), User);

    private static bool IsThere(string[] settings, string path) =>
        settings.Any(setting => setting.StartsWith(path, StringComparison.Ordinal) && setting[path.Length..] is [':' or '.' or '[', ..]);

    private static string? Number(int? value) => value == 0 ? None : value?.ToString(CultureInfo.InvariantCulture);
}
