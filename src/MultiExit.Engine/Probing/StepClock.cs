namespace MultiExit.Engine.Probing;

/// <summary>Takes the times of the steps. Thread-safe: attempts at several addresses run side by side.</summary>
internal sealed class StepClock(TimeProvider time, bool hasTls)
{
    private readonly Lock _lock = new();
    private readonly List<TunnelTestStep> _steps = [];
    private readonly long _start = time.GetTimestamp();
    private long _last = time.GetTimestamp();
    private TunnelTestStage _running = TunnelTestStage.Connect;
    private bool _isClosed;

    public TimeSpan Elapsed => time.GetElapsedTime(_start);

    /// <summary>The step under way.</summary>
    public TunnelTestStage Running
    {
        get
        {
            lock (_lock) return _running;
        }
    }

    public IReadOnlyList<TunnelTestStep> Steps
    {
        get
        {
            lock (_lock) return [.. _steps];
        }
    }

    public void Begin(TunnelTestStage stage)
    {
        lock (_lock)
            if (!_isClosed) _running = stage;
    }

    public void End(TunnelTestStage stage, string? detail = null, bool succeeded = true)
    {
        lock (_lock)
        {
            if (_isClosed) return;
            long now = time.GetTimestamp();
            _steps.Add(new(stage, time.GetElapsedTime(_last, now), succeeded, detail));
            _last = now;
            if (!succeeded) return;
            // Only a proxy with TLS has that step; the next step begins by itself.
            _running = stage == TunnelTestStage.Connect && !hasTls ? TunnelTestStage.Handshake : stage + 1;
        }
    }

    /// <summary>The test failed: in the step under way, unless a step has reported a failure already.</summary>
    public void Fail(string error)
    {
        lock (_lock)
            if (_steps is [.., { Succeeded: false }]) return;
        End(Running, error, succeeded: false);
    }

    /// <summary>Events from now on are not part of the test.</summary>
    public void Close()
    {
        lock (_lock) _isClosed = true;
    }
}
