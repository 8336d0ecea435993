namespace MultiExit.Engine.Probing;

/// <summary>What a measurement does now.</summary>
public enum MeasurePhase
{
    /// <summary>It connects and takes the times of answers.</summary>
    Latency,
    /// <summary>It sends as fast as it can.</summary>
    Up,
    /// <summary>It receives as fast as it can.</summary>
    Down,
}
