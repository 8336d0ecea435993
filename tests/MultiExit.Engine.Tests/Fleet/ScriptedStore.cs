using MultiExit.Engine.Errors;
using MultiExit.Engine.Fleet.Memory;

namespace MultiExit.Engine.Tests.Fleet;

/// <summary>A store that hangs, fails, is slow or lies as a test says.</summary>
/// <param name="tables">What it keeps.</param>
/// <param name="time">The clock that slow requests take their time by.</param>
internal sealed class ScriptedStore(MemoryTables tables, TimeProvider time) : MemoryStore(tables)
{
    private readonly Random _random = new(1);
    private int _calls;
    private int _running;

    /// <summary>Calls from now on never end, whatever their token says.</summary>
    public bool Hangs { get; set; }

    /// <summary>What calls from now on wait for.</summary>
    public Task? Gate { get; set; }

    /// <summary>Every call from now on fails.</summary>
    public bool Fails { get; set; }

    /// <summary>Every second call fails.</summary>
    public bool FailsEverySecond { get; set; }

    /// <summary>One call of four does its work and fails then, as one whose commit was not heard of. Which ones has no order, or a work
    /// whose calls fall into step with it would lose all of them.</summary>
    public bool LosesAnswers { get; set; }

    /// <summary>The number of a call, as <see cref="Calls"/> counts, that does its work and fails then.</summary>
    public int LostCall { get; set; }

    /// <summary>How long each call takes.</summary>
    public TimeSpan Delay { get; set; }

    /// <summary>The calls so far.</summary>
    public int Calls => Volatile.Read(ref _calls);

    /// <summary>The calls that have not ended.</summary>
    public int Running => Volatile.Read(ref _running);

    public override async Task<T> CallAsync<T>(Func<MemoryTables, T> request, CancellationToken cancellationToken)
    {
        int number = Interlocked.Increment(ref _calls);
        Interlocked.Increment(ref _running);
        if (Hangs) await new TaskCompletionSource().Task;
        try
        {
            if (Gate is { } gate) await gate;
            if (Delay > TimeSpan.Zero) await Task.Delay(Delay, time, cancellationToken);
            if (Fails || (FailsEverySecond && number % 2 == 0)) throw new ProxyException(ProxyError.StoreUnreachable, "the store is broken by a test");
            T answer = await base.CallAsync(request, cancellationToken);
            return IsLost(number) ? throw new ProxyException(ProxyError.StoreUnreachable, "the answer is lost by a test") : answer;
        }
        finally
        {
            Interlocked.Decrement(ref _running);
        }
    }

    private bool IsLost(int number)
    {
        if (number == LostCall) return true;
        if (!LosesAnswers) return false;
        lock (_random) return _random.Next(4) == 0;
    }
}
