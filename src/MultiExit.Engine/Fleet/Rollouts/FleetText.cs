namespace MultiExit.Engine.Fleet.Rollouts;

/// <summary>A version of a fleet's configuration.</summary>
/// <param name="Number">Its number.</param>
/// <param name="Sha256">SHA-256 of the text.</param>
/// <param name="Text">The text; it holds no secret.</param>
internal sealed record FleetText(int Number, string Sha256, string Text);
