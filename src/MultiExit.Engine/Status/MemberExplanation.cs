namespace MultiExit.Engine.Status;

/// <summary>A member of a group and the request.</summary>
/// <param name="Name">The exit or group.</param>
/// <param name="Choice">What becomes of it.</param>
/// <param name="Reason">Why.</param>
/// <param name="Exit">The member itself; null when it is passed over.</param>
public sealed record MemberExplanation(string Name, MemberChoice Choice, string Reason, ExitExplanation? Exit);
