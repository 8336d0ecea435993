using System.Numerics;
using MultiExit.Engine.Errors;
using MultiExit.Engine.Fleet.Memory;

namespace MultiExit.Engine.Tests.Fleet;

/// <summary>A store that hangs, fails, is slow or lies as a test says.</summary>
/// <param name="tables">What it keeps.</param>
/// <param name="time">The clock that slow requests take their time by.</param>
internal sealed class ScriptedStore(MemoryTables tables, TimeProvider time) : MemoryStore(tables)
{
    private int _calls;
    private int _running;

    /// <summary>Calls from now on never end, whatever their token says.</summary>
    public bool Hangs { get; set; }

    /// <summary>Every call from now on fails.</summary>
    public bool Fails { get; set; }

    /// <summary>Every second call fails.</summary>
    public bool FailsEverySecond { get; set; }

    /// <summary>Half of the calls do their work and fail then, as those whose commit was not heard of. They follow no period, so that no worker whose
    /// calls come in turns with those of others loses all of its own.</summary>
    public bool LosesHalfOfTheAnswers { get; set; }

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
            if (Delay > TimeSpan.Zero) await Task.Delay(Delay, time, cancellationToken);
            if (Fails || (FailsEverySecond && number % 2 == 0)) throw new ProxyException(ProxyError.StoreUnreachable, "the store is broken by a test");
            T answer = await base.CallAsync(request, cancellationToken);
            return LosesHalfOfTheAnswers && int.IsOddInteger(BitOperations.PopCount((uint)number)) ? throw new ProxyException(ProxyError.StoreUnreachable, "the answer is lost by a test") : answer;
        }
        finally
        {
            Interlocked.Decrement(ref _running);
        }
    }
}
