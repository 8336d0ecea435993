using System.Collections;
using System.Globalization;
using System.Management.Automation;
using System.Security;
using MultiExit.Engine.Configuration.Exits;
using MultiExit.Engine.Status;

namespace MultiExit.Commands;

/// <summary>Publish-MxExit: makes an exit a member of a group of running servers, for some time.</summary>
[Cmdlet(VerbsData.Publish, "MxExit", DefaultParameterSetName = UrlSet, SupportsShouldProcess = true)]
[OutputType(typeof(MxExit))]
public sealed class PublishMxExitCommand : ServerCommand
{
    private const string UrlSet = "Url";
    private const string SettingsSet = "Settings";

    /// <summary>The group.</summary>
    [Parameter(Mandatory = true, Position = 0)]
    [ArgumentCompleter(typeof(GroupNameCompleter))]
    [ValidateNotNullOrEmpty]
    public string Group { get; set; } = "";

    /// <summary>The exit as a URL.</summary>
    [Parameter(Mandatory = true, Position = 1, ParameterSetName = UrlSet)]
    [ArgumentCompleter(typeof(ExitUrlCompleter))]
    [SecretText]
    public SecureString? Server { get; set; }

    /// <summary>The keys of the exit, as in a configuration.</summary>
    [Parameter(Mandatory = true, ParameterSetName = SettingsSet)]
    public IDictionary? Settings { get; set; }

    /// <summary>The name of the exit.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [ArgumentCompleter(typeof(MemberNameCompleter))]
    [ValidateNotNullOrEmpty]
    public string? Name { get; set; }

    /// <summary>The login at the server.</summary>
    [Parameter(ParameterSetName = UrlSet)]
    [Credential]
    public PSCredential? Credential { get; set; }

    /// <summary>How long it lasts.</summary>
    [Parameter]
    [Duration(Min = "1s", Max = "30d")]
    public TimeSpan? Expires { get; set; }

    /// <summary>The share in groups with the strategy weighted.</summary>
    [Parameter]
    [ValidateRange(ExitConfig.MinWeight, ExitConfig.MaxWeight)]
    public int? Weight { get; set; }

    /// <summary>The servers' names.</summary>
    [Parameter]
    [ArgumentCompleter(typeof(ServerNameCompleter))]
    [SupportsWildcards]
    [ValidateNotNullOrEmpty]
    public string[] On { get; set; } = ["*"];

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        Hashtable keys = new(StringComparer.Ordinal);
        if (Server is not null) keys["server"] = EditValue.TextOf(Server);
        foreach (DictionaryEntry entry in Settings ?? new Hashtable()) keys[$"{entry.Key}"] = entry.Value;
        if (Credential is { UserName.Length: > 0 })
        {
            keys["username"] = Credential.UserName;
            keys["password"] = Credential.Password;
        }
        if (Expires is { } expires) keys["expires"] = string.Create(CultureInfo.InvariantCulture, $"{expires.TotalMilliseconds:0}ms");
        if (Weight is { } weight) keys["weight"] = weight;
        foreach ((RunningServer server, GroupStatus group) in FindGroups(Wanted(On), [NamePattern.Literal(Group)]))
        {
            if (!ShouldProcess($"group {group.Name} on {server.Name}", Name is null ? "Publish an exit" : $"Publish the exit {Name}")) continue;
            Try(group.Name, () =>
            {
                ExitStatus exit = Await(token => server.Control.PublishExitAsync(group.Name, Name, EditValue.Of(keys), token));
                WriteObject(MxExit.Of(server, exit, []));
            });
        }
    }
}
