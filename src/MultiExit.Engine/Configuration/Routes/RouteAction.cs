namespace MultiExit.Engine.Configuration.Routes;

/// <summary>What a rule does with the requests that match it.</summary>
public enum RouteAction
{
    /// <summary>They take the rule's exit.</summary>
    Exit,

    /// <summary>They take the exit that <c>default</c> names, and no later rule is looked at.</summary>
    Allow,

    /// <summary>They are refused.</summary>
    Deny,

    /// <summary>They are counted and logged, and the rules after it decide.</summary>
    Report,
}
