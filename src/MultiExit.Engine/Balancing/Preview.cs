namespace MultiExit.Engine.Balancing;

/// <summary>What a strategy would choose at this moment, for an explanation.</summary>
/// <param name="Index">The index among the candidates; null when any of them may be chosen.</param>
/// <param name="Reason">Why this one, or why any.</param>
/// <param name="Others">Why not another of the candidates.</param>
internal readonly record struct Preview(int? Index, string Reason, Func<Member, string> Others);
