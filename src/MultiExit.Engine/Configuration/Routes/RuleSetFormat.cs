namespace MultiExit.Engine.Configuration.Routes;

/// <summary>How the entries of a rule set are written.</summary>
public enum RuleSetFormat
{
    /// <summary>One domain, network or <c>keyword:</c> a line.</summary>
    Lines,

    /// <summary>A rule provider of Clash: <c>payload</c> as YAML, or its lines alone.</summary>
    Clash,

    /// <summary>A rule set of sing-box in its source format (JSON).</summary>
    SingBox,
}
