namespace MultiExit.Engine.Status;

/// <summary>What a group does with one of its members.</summary>
public enum MemberChoice
{
    /// <summary>The request goes to it.</summary>
    Taken,

    /// <summary>The request may go to it.</summary>
    Possible,

    /// <summary>It is tried, and fails for a reason that is known before a dial; then another is tried as far as <c>retries</c> allows.</summary>
    Fails,

    /// <summary>It is passed over.</summary>
    Passed,
}
