using MultiExit.Engine.Status;

namespace MultiExit.Engine.Inbounds;

/// <summary>How much one key or token of an inbound is in use. Thread-safe.</summary>
internal sealed class SecretUse
{
    private readonly Lock _lock = new();
    private int _carriers;
    private long _total;
    private DateTimeOffset? _lastUsed;

    /// <summary>A carrier came in with it.</summary>
    public void Begin(DateTimeOffset now)
    {
        lock (_lock)
        {
            _carriers++;
            _total++;
            _lastUsed = now;
        }
    }

    /// <summary>A carrier that came in with it has ended.</summary>
    public void End()
    {
        lock (_lock) _carriers--;
    }

    /// <summary>The use of the secret as an operator sees it.</summary>
    /// <param name="index">Its place in the list of the configuration, from 0.</param>
    public SecretStatus GetStatus(int index)
    {
        lock (_lock) return new SecretStatus(index, _carriers, _total, _lastUsed);
    }

    /// <summary>Whether no carrier is left that came in with it.</summary>
    public bool IsIdle
    {
        get
        {
            lock (_lock) return _carriers == 0;
        }
    }
}
