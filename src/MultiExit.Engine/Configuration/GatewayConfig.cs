using MultiExit.Engine.Configuration.Auth;
using MultiExit.Engine.Configuration.Exits;
using MultiExit.Engine.Configuration.Groups;
using MultiExit.Engine.Configuration.Inbounds;
using MultiExit.Engine.Configuration.Ranges;
using MultiExit.Engine.Configuration.Routes;
using MultiExit.Engine.Configuration.Settings;

namespace MultiExit.Engine.Configuration;

/// <summary>A whole configuration. Immutable: a change is a new object that the server swaps in.</summary>
public sealed record GatewayConfig
{
    /// <summary>The server's name in logs and in <c>Get-MxServer</c>.</summary>
    public string Name { get; init; } = "multiexit";

    /// <summary>The users that inbounds may have in common (<see cref="InboundConfig.Users"/>).</summary>
    public IReadOnlyList<UserConfig> Users { get; init; } = [];

    /// <summary>The back-end that inbounds with <c>users: all</c> have beside them; null: there is none.</summary>
    public AuthConfig? Auth { get; init; }

    /// <summary>What clients may choose in their user names (key <c>name_parameters</c>); null: nothing.</summary>
    public NameParametersConfig? NameParameters { get; init; }

    /// <summary>Where clients come in. At least one.</summary>
    public IReadOnlyList<InboundConfig> Inbounds { get; init; } = [];

    /// <summary>The ways out, beside <c>direct</c> and <c>block</c>, which always exist.</summary>
    public IReadOnlyList<ExitConfig> Exits { get; init; } = [];

    /// <summary>Groups of exits; a group can be used wherever an exit can.</summary>
    public IReadOnlyList<GroupConfig> Groups { get; init; } = [];

    /// <summary>Rules, the first match wins.</summary>
    public IReadOnlyList<RouteConfig> Routes { get; init; } = [];

    /// <summary>Sets of domains and networks that rules refer to.</summary>
    public IReadOnlyList<RuleSetConfig> Sets { get; init; } = [];

    /// <summary>Where addresses are.</summary>
    public GeoIpConfig GeoIp { get; init; } = new();

    /// <summary>The exit or group when no rule matches.</summary>
    public string Default { get; init; } = "direct";

    /// <summary>Policy routing and source NAT.</summary>
    public SnatConfig Snat { get; init; } = new();

    /// <summary>How names are resolved.</summary>
    public DnsConfig Dns { get; init; } = new();

    /// <summary>Limits and time-outs.</summary>
    public LimitsConfig Limits { get; init; } = new();

    /// <summary>The Unix socket that the control endpoint answers on (key <c>control.socket</c>); null: there is none.</summary>
    public string? ControlSocket { get; init; }

    /// <summary>The group that may use it (key <c>control.group</c>); null: the server's user and root alone.</summary>
    public string? ControlGroup { get; init; }

    /// <summary>A second socket that only reads (key <c>control.readers</c>); null: there is none.</summary>
    public ControlReadersConfig? ControlReaders { get; init; }

    /// <summary>Where the log goes.</summary>
    public LoggingConfig Logging { get; init; } = new();

    /// <summary>Who is told of events.</summary>
    public IReadOnlyList<NotifyConfig> Notify { get; init; } = [];

    /// <summary>Who gets the metrics.</summary>
    public MetricsConfig Metrics { get; init; } = new();

    /// <summary>The dashboard; null: there is none.</summary>
    public DashboardConfig? Dashboard { get; init; }

    /// <summary>Where versions of the configuration are kept; null: nowhere.</summary>
    public HistoryConfig? History { get; init; }

    /// <summary>Where records of sessions are kept; null: nowhere.</summary>
    public RecordsConfig? Records { get; init; }

    /// <summary>The fleet that this server is a node of; null: it stands alone.</summary>
    public FleetConfig? Fleet { get; init; }

    /// <summary>The paths of the users' passwords that stand in clear text in the document that it was read from.</summary>
    internal IReadOnlyList<string> ClearPasswords { get; init; } = [];

    /// <summary>What a document of another program says that nothing here stands for, each with its line and key.</summary>
    internal IReadOnlyList<string> NotCarriedOver { get; init; } = [];

    /// <summary>The weight of an exit; 1 for a group.</summary>
    internal int WeightOf(string name) => (Exits.FirstOrDefault(exit => exit.Name == name)
        ?? Groups.FirstOrDefault(group => group.Name == name)?.Pool)?.Weight ?? ExitConfig.MinWeight;

    /// <summary>All users: those of the table, and those of single inbounds.</summary>
    internal IEnumerable<UserConfig> AllUsers => Users.Concat(Inbounds.SelectMany(inbound => inbound.Users));

    /// <summary>Finds values that are out of their ranges, and requests that would go round without an end, which only a configuration made in code
    /// can have.</summary>
    /// <returns>One sentence each, with the path of the key before it.</returns>
    internal IReadOnlyList<string> FindProblems()
    {
        List<string> problems = [];
        ValueCheck root = new("", problems);
        root.Add("fleet", Fleet is { Records: true } && Records is null ? FleetConfig.NoRecords : Fleet?.Problem);
        for (int i = 0; i < Inbounds.Count; i++) Inbounds[i].Check(root.At($"inbounds[{i}]"));
        for (int i = 0; i < Inbounds.Count; i++)
            if (Inbounds[i].Auth is { } own && own != Auth) own.Check(root.At($"inbounds[{i}].auth.{own.Type}"));
        for (int i = 0; i < Exits.Count; i++) Exits[i].Check(root.At($"exits[{i}]"));
        for (int i = 0; i < Groups.Count; i++) Groups[i].Check(root.At($"groups[{i}]"));
        foreach (RuleSetConfig set in Sets) set.Check(root.At($"sets.{set.Name}"));
        Auth?.Check(root.At($"auth.{Auth.Type}"));
        Limits.Check(root.At("limits"));
        Logging.Check(root.At("logging"));
        Snat.Check(root.At("snat"));
        History?.Check(root.At("history"));
        Records?.Check(root.At("records"));
        Metrics.Check(root.At("metrics"));
        root.Add("name_parameters", NameParameters?.Problem(AllUsers));
        foreach ((int exit, string problem) in LeaseProblems.Find(this)) root.Add($"exits[{exit}].lease", problem);
        root.Add("dashboard", Dashboard?.Contradiction);
        problems.AddRange(OwnLoops.Find(this, _ => false).Where(loop => loop.IsCertain).Select(loop => $"{loop.Path}: {loop.Problem}"));
        return problems;
    }
}
