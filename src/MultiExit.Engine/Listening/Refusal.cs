using MultiExit.Engine.Sessions;

namespace MultiExit.Engine.Listening;

/// <summary>Why a client is not let in.</summary>
/// <param name="Reason">The reason, as it is counted.</param>
/// <param name="Text">As a sentence; null: it is let in.</param>
internal readonly record struct Refusal(RefusalReason Reason, string? Text);
