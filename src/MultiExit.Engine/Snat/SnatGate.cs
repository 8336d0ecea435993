using MultiExit.Engine.Configuration.Settings;
using MultiExit.Engine.Provisioning;
using MultiExit.Engine.States;

namespace MultiExit.Engine.Snat;

/// <summary>Keeps one exit shut while the system is not set up for it: its packets would leave with the host's own address.
/// Thread-safe.</summary>
internal sealed class SnatGate(SnatGuard guard, SnatExit exit, ExitState state)
{
    private readonly Lock _lock = new();
    // Weakly: the dialer owns the connection, and a connection without an owner sends nothing.
    private readonly List<WeakReference<object>> _open = [];
    private int _pruneAt = 64;
    private string? _refusal;
    private bool _lost;
    private bool _released;

    public string Name => exit.Name;

    public string? Refusal => Volatile.Read(ref _refusal);

    /// <summary>Whether connections that the gate let through may still be open.</summary>
    public bool HasOpen
    {
        get
        {
            lock (_lock)
            {
                Prune();
                return _open.Count > 0;
            }
        }
    }

    /// <summary>Why no packet may leave now, in a sentence; null: packets may. Looks at the system when the last look was too long ago.</summary>
    public async ValueTask<string?> RefusalAsync(CancellationToken cancellationToken)
    {
        await guard.EnsureKnownAsync(cancellationToken).ConfigureAwait(false);
        return Refusal;
    }

    /// <summary>Notes a connection that was let through: a <see cref="Transport.DuplexStream"/> or a datagram flow, which ends when the
    /// set-up is lost.</summary>
    public void Track(object connection)
    {
        lock (_lock)
        {
            if (_open.Count >= _pruneAt)
            {
                Prune();
                _pruneAt = Math.Max(64, 2 * _open.Count);
            }
            _open.Add(new WeakReference<object>(connection));
            if (!_lost) return;
        }
        SnatGuard.End(connection);
    }

    /// <summary>Takes the result of a look at the system.</summary>
    public void Set(SnatExitStatus status)
    {
        string? refusal = status.IsApplied == true ? null : Sentence(status);
        Volatile.Write(ref _refusal, refusal);
        object[] open;
        lock (_lock)
        {
            if (!_released) state.SetupRefusal = refusal;
            // A look that failed says nothing about connections that are fine so far.
            _lost = status.IsApplied == false;
            if (!_lost) return;
            open = [.. _open.Select(reference => reference.TryGetTarget(out object? target) ? target : null).OfType<object>()];
            _open.Clear();
        }
        foreach (object connection in open) SnatGuard.End(connection);
    }

    /// <summary>The exit's state belongs to another gate, or to none, from now on.</summary>
    public void Release()
    {
        lock (_lock)
        {
            _released = true;
            state.SetupRefusal = null;
        }
    }

    private string Sentence(SnatExitStatus status)
    {
        string what = exit.Address is null
            ? $"the policy routing for exit {exit.Name} (gateway {exit.Gateway})"
            : $"the source NAT for exit {exit.Name} ({exit.Address})";
        return status.IsApplied == false
            ? $"{what} is not applied: run `multiexit snat apply` ({status.Reason})"
            : $"{what} cannot be checked, so nothing is sent: {status.Reason}";
    }

    private void Prune() => _open.RemoveAll(reference => !reference.TryGetTarget(out _));
}
