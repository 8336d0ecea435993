namespace MultiExit.Engine.Probing;

/// <summary>Bytes in one direction.</summary>
/// <param name="Bytes">How many.</param>
/// <param name="Took">In which time.</param>
public readonly record struct MovedBytes(long Bytes, TimeSpan Took)
{
    /// <summary>The rate.</summary>
    public double PerSecond => Took > TimeSpan.Zero ? Bytes / Took.TotalSeconds : 0;
}
