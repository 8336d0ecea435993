using MultiExit.Engine.Configuration;
using MultiExit.Engine.Configuration.Routes;
using MultiExit.Engine.Sources;
using MultiExit.Engine.Status;

namespace MultiExit.Engine.Routing.RuleSets;

/// <summary>A set as rules refer to it.</summary>
/// <param name="config">The set in the configuration.</param>
internal sealed class RuleSet(RuleSetConfig config) : Sourced<RuleSetContent>(config)
{
    public RuleSetConfig Config => config;

    public override string Name => config.Name;

    public override string Title => $"the rule set {config.Name}";

    public override string Place => $"sets.{config.Name}";

    public override string Folder => "sets";

    public override string Form => config.Format.ToString();

    public override int MaxBytes => RuleSetConfig.MaxBytes;

    /// <summary>The sets of a configuration, without their contents.</summary>
    public static IEnumerable<RuleSet> Of(GatewayConfig config) => config.Sets.Select(set => new RuleSet(set));

    public override RuleSetContent Read(Stream content) => RuleSetReader.Read(content, config.Format);

    /// <summary>The set as an operator sees it.</summary>
    public RuleSetStatus GetStatus()
    {
        (SourceVersion<RuleSetContent>? version, SourceFault? fault) = (Version, Fault);
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
