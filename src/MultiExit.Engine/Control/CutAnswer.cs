namespace MultiExit.Engine.Control;

/// <summary>The answer to <c>POST /exits/{name}/enable</c> and <c>disable</c>, and to <c>POST /cut</c>.</summary>
/// <param name="SessionsCut">How many sessions were ended.</param>
internal sealed record CutAnswer(int SessionsCut);
