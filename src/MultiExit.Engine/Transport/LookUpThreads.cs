namespace MultiExit.Engine.Transport;

/// <summary>Threads for look-ups, each of which holds its thread while it waits (getaddrinfo(3)). On the threads of the pool, a resolver that
/// does not answer would block everything else that the process does. Thread-safe.</summary>
/// <param name="most">The most threads at a time.</param>
/// <param name="idle">How long a thread without work stays.</param>
internal sealed class LookUpThreads(int most, TimeSpan idle)
{
    // Bytes. The modules of the system's resolver need this much, with room; a session has no such thread.
    private const int StackSize = 512 * 1024;

    private readonly object _gate = new(); // a monitor, since threads wait on it
    private readonly Queue<Action> _work = [];
    private int _threads;
    private int _waiting;

    /// <summary>The threads that live now.</summary>
    internal int Count
    {
        get
        {
            lock (_gate) return _threads;
        }
    }

    /// <summary>Runs a function on one of the threads, or after the work of others when no more threads may be started.</summary>
    /// <exception cref="InvalidOperationException">There is no thread and none can be started.</exception>
    public Task<T> RunAsync<T>(Func<T> work)
    {
        TaskCompletionSource<T> done = new(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_gate)
        {
            if (_work.Count >= _waiting && _threads < most && TryStart()) _threads++;
            if (_threads == 0) throw new InvalidOperationException("the system starts no thread for it (a limit of threads or tasks)");
            _work.Enqueue(() => Complete(done, work));
            Monitor.Pulse(_gate);
        }
        return done.Task;
    }

    private static void Complete<T>(TaskCompletionSource<T> done, Func<T> work)
    {
        try
        {
            done.SetResult(work());
        }
        catch (Exception exception)
        {
            done.SetException(exception);
        }
    }

    private bool TryStart()
    {
        try
        {
            new Thread(Run, StackSize) { IsBackground = true, Name = "look-up" }.Start();
            return true;
        }
        catch (Exception exception) when (exception is OutOfMemoryException or ThreadStartException)
        {
            // The system allows no more threads; the existing ones go on.
            return false;
        }
    }

    private void Run()
    {
        while (TakeNext() is { } work) work();
    }

    private Action? TakeNext()
    {
        lock (_gate)
        {
            while (_work.Count == 0)
            {
                _waiting++;
                bool called = Monitor.Wait(_gate, idle);
                _waiting--;
                if (called || _work.Count > 0) continue;
                _threads--;
                return null;
            }
            return _work.Dequeue();
        }
    }
}
