namespace MultiExit.Engine.Relaying;

/// <summary>The two ends of a relay.</summary>
internal enum RelaySide : byte
{
    Client,
    Upstream,
}
