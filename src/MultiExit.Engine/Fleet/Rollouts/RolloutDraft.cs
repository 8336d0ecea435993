using MultiExit.Engine.Status;

namespace MultiExit.Engine.Fleet.Rollouts;

/// <summary>A version that is to be published.</summary>
/// <param name="Text">Its text.</param>
/// <param name="Sha256">SHA-256 of the text.</param>
/// <param name="Who">Who publishes it.</param>
/// <param name="Above">The newest version that the node knows of, so that a store that was restored gives no number twice.</param>
/// <param name="Canaries">The nodes that get it first; empty: all at once.</param>
/// <param name="Request">How it is rolled out.</param>
internal sealed record RolloutDraft(string Text, string Sha256, string Who, int Above, IReadOnlyList<string> Canaries, RolloutRequest Request)
{
    /// <summary>How long until nodes go back.</summary>
    public TimeSpan Lasts => Request.ConfirmWithin ?? RolloutRequest.UsualTime;
}
