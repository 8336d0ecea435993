using MultiExit.Engine.Inbounds;

namespace MultiExit.Engine.Fleet.Replays;

/// <summary>A carrier that waits to hear whether its handshake is a replay.</summary>
/// <param name="mark">Its handshake.</param>
/// <param name="since">Since when it waits, as a timestamp.</param>
internal sealed class ReplayAsk(ReplayMark mark, long since)
{
    private readonly TaskCompletionSource<bool> _isNew = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public ReplayMark Mark => mark;

    public long Since => since;

    /// <summary>Whether it may come in.</summary>
    public Task<bool> IsNew => _isNew.Task;

    /// <summary>Ends the wait; only the first answer counts.</summary>
    /// <returns>False: it has one.</returns>
    public bool Answer(bool isNew) => _isNew.TrySetResult(isNew);
}
