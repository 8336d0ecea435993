namespace MultiExit.Engine.Relaying;

/// <summary>Keeps the first failure of a relay; the failures that follow are its consequences.</summary>
internal sealed class RelayOutcome
{
    private readonly Lock _lock = new();

    public RelayResult Result { get; private set; }

    public void SetFailure(Exception failure, RelaySide side)
    {
        lock (_lock)
        {
            if (Result.Failure is null) Result = new RelayResult(failure, side);
        }
    }
}
