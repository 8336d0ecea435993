using MultiExit.Engine.DataPath;

namespace MultiExit.Engine.Balancing;

/// <summary>One of two dials for the same client. Until it is let go, it ends with the client's patience.</summary>
internal sealed class Racer : IDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private readonly CancellationTokenRegistration _caller;

    /// <param name="member">The member that it dials.</param>
    /// <param name="context">On whose behalf. Nothing of the client's is sent along: only one of both may say it.</param>
    /// <param name="dial">Dials.</param>
    /// <param name="cancellationToken">The caller's.</param>
    public Racer(
        Member member, DialContext context, Func<Member, DialContext, CancellationToken, ValueTask<DialResult>> dial, CancellationToken cancellationToken)
    {
        Member = member;
        Trace = context.Trace is null ? null : new DialTrace();
        _caller = cancellationToken.UnsafeRegister(static stop => ((CancellationTokenSource)stop!).Cancel(), _stop);
        Dial = dial(member, context with { FirstPayload = default, Trace = Trace }, _stop.Token).AsTask();
    }

    public Member Member { get; }

    /// <summary>What it leaves for the record of the session.</summary>
    public DialTrace? Trace { get; }

    public Task<DialResult> Dial { get; }

    /// <summary>The other one has won. This one comes to its own end, so that the exit's state learns of it; a connection is closed without a byte.</summary>
    /// <param name="stop">Whether it is broken off: too many are on their way.</param>
    public async Task LetGoAsync(bool stop)
    {
        await _caller.DisposeAsync().ConfigureAwait(false);
        if (stop) await _stop.CancelAsync().ConfigureAwait(false);
        try
        {
            DialResult late = await Dial.ConfigureAwait(false);
            if (late.Connection is { } connection) await connection.DisposeAsync().ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is OperationCanceledException or IOException)
        {
            // Nobody waits for it.
        }
        finally
        {
            Dispose();
        }
    }

    public void Dispose()
    {
        _caller.Dispose();
        _stop.Dispose();
    }
}
