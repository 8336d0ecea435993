using System.Diagnostics.CodeAnalysis;

namespace MultiExit.Engine.Balancing;

/// <summary>Bounds the dials that a group makes for nothing: one for 20 that it makes anyway. A second dial that was needed costs nothing.
/// Thread-safe.</summary>
internal sealed class HedgeBudget
{
    private const int DialsForOne = 20;

    // So many may be under way at once, or in a row, before the share counts.
    private const int Most = 50;

    private readonly Lock _lock = new();
    private readonly LinkedList<TaskCompletionSource> _waiting = [];
    private int _left = Most * DialsForOne;

    /// <summary>A dial has begun.</summary>
    public void Dialed() => Add(1);

    /// <summary>Whether there may be a second one; it is paid for in advance.</summary>
    /// <param name="turn">Completes when it is worth another try; whoever does not wait for it any more says so with <see cref="Leave"/>.</param>
    public bool TryTake([NotNullWhen(false)] out LinkedListNode<TaskCompletionSource>? turn)
    {
        lock (_lock)
        {
            if (_left < DialsForOne)
            {
                turn = _waiting.AddLast(new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
                return false;
            }
            turn = null;
            _left -= DialsForOne;
            return true;
        }
    }

    /// <summary>Somebody waits no more; a turn that has come meanwhile is the next one's.</summary>
    public void Leave(LinkedListNode<TaskCompletionSource> turn)
    {
        lock (_lock)
        {
            if (turn.List is not null) _waiting.Remove(turn);
            else CallNext();
        }
    }

    /// <summary>The second one was needed.</summary>
    public void GiveBack() => Add(DialsForOne);

    private void Add(int dials)
    {
        lock (_lock)
        {
            _left = Math.Min(_left + dials, Most * DialsForOne);
            CallNext();
        }
    }

    // Under the lock. One at a time: whoever comes back takes, and the others wait on.
    private void CallNext()
    {
        if (_left < DialsForOne || _waiting.First is not { } first) return;
        _waiting.RemoveFirst();
        first.Value.SetResult();
    }
}
