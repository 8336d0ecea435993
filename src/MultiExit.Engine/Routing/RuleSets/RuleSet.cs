using MultiExit.Engine.Configuration.Routes;
using MultiExit.Engine.Status;

namespace MultiExit.Engine.Routing.RuleSets;

/// <summary>A set as rules refer to it: its content is replaced as a whole while they look at it. Thread-safe.</summary>
/// <param name="config">The set in the configuration.</param>
internal sealed class RuleSet(RuleSetConfig config)
{
    private volatile RuleSetVersion? _version;
    private volatile RuleSetFault? _fault;

    public RuleSetConfig Config { get; } = config;

    /// <summary>The entries in force; null: it was never had.</summary>
    public RuleSetContent? Content => _version?.Content;

    /// <summary>What is in force; null: it was never had.</summary>
    public RuleSetVersion? Version => _version;

    /// <summary>Why the source cannot be had now; null: it can.</summary>
    public RuleSetFault? Fault => _fault;

    /// <summary>When the source was last found to say what is in force.</summary>
    public DateTimeOffset? Checked { get; private set; }

    /// <summary>Puts a content in force.</summary>
    /// <param name="version">The content.</param>
    /// <param name="checkedAt">When it was read from its source; null: it was kept from earlier.</param>
    public void Use(RuleSetVersion version, DateTimeOffset? checkedAt)
    {
        _version = version;
        if (checkedAt is not null) Found(checkedAt.Value);
    }

    /// <summary>The source says what is in force.</summary>
    public void Found(DateTimeOffset now)
    {
        _fault = null;
        Checked = now;
    }

    /// <summary>The source cannot be had.</summary>
    /// <returns>Whether it could be had until now.</returns>
    public bool Failed(string reason, DateTimeOffset now)
    {
        RuleSetFault? before = _fault;
        _fault = new RuleSetFault(before?.Since ?? now, reason);
        return before is null;
    }

    /// <summary>Takes over what another configuration of the same source had.</summary>
    public void TakeFrom(RuleSet other) => (_version, _fault, Checked) = (other._version, other._fault, other.Checked);

    /// <summary>The set as an operator sees it.</summary>
    public RuleSetStatus GetStatus()
    {
        (RuleSetVersion? version, RuleSetFault? fault) = (_version, _fault);
        return new RuleSetStatus
        {
            Name = Config.Name, Source = Config.Source, Every = Config.Every,
            Format = Config.Format switch { RuleSetFormat.Clash => "clash", RuleSetFormat.SingBox => "sing-box", _ => "lines" },
            State = version is null ? RuleSetState.Missing : fault is null ? RuleSetState.Current : RuleSetState.Stale,
            Domains = version?.Content.Domains ?? 0, Networks = version?.Content.Networks ?? 0, Keywords = version?.Content.Keywords ?? 0,
            Memory = version?.Content.Bytes ?? 0, Sha256 = version?.Sha256, Loaded = version?.Fetched, Checked = Checked,
            FailingSince = fault?.Since, Problem = fault?.Reason,
        };
    }
}
