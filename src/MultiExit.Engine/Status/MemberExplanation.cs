namespace MultiExit.Engine.Status;

/// <summary>A member of a group and what the group does with it for the request.</summary>
/// <param name="Name">The exit or group.</param>
/// <param name="Choice">The group's choice.</param>
/// <param name="Reason">Why.</param>
/// <param name="Exit">The member itself; null when it is passed over.</param>
public sealed record MemberExplanation(string Name, MemberChoice Choice, string Reason, ExitExplanation? Exit);
