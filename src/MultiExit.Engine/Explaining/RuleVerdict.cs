namespace MultiExit.Engine.Explaining;

/// <summary>Whether a rule takes a request.</summary>
public enum RuleVerdict
{
    /// <summary>All its conditions hold; no rule after it is looked at.</summary>
    Matches,

    /// <summary>All its conditions hold, and it only reports that: the rules after it decide.</summary>
    Reports,

    /// <summary>A condition does not hold.</summary>
    DoesNotMatch,

    /// <summary>It depends on something that is not known: the addresses of a name that was not looked up, the address that the client comes in
    /// on, or the user of a client that has to log in.</summary>
    Undecided,
}
