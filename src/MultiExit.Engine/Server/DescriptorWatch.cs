using MultiExit.Engine.Diagnostics;
using MultiExit.Engine.Relaying;
using MultiExit.Engine.Status;
using MultiExit.Engine.Transport;

namespace MultiExit.Engine.Server;

/// <summary>Checks the descriptors of the process regularly, and logs when clients have to wait for them: at most once a minute,
/// and once when that is over.</summary>
internal sealed class DescriptorWatch(DescriptorAccount account, EngineLog log, TimeProvider time)
{
    private static readonly TimeSpan LookEvery = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan LogEvery = TimeSpan.FromMinutes(1);
    private readonly Lock _lock = new();
    private long? _looked;
    private long? _logged;
    private long _pauses = account.Pauses;
    private long _refused = account.Refused;
    private bool _isShort;

    /// <summary>The descriptors as an operator sees them.</summary>
    public DescriptorUse? Status => account.Limit == long.MaxValue ? null
        : new DescriptorUse(account.Used, account.Limit, account.Pauses, account.Refused);

    /// <summary>One look; called about once a second.</summary>
    public void Sweep()
    {
        if (!_lock.TryEnter()) return;
        try
        {
            long now = time.GetTimestamp();
            if (!account.IsAmple || _looked is not { } looked || time.GetElapsedTime(looked, now) >= LookEvery)
            {
                account.Refresh();
                _looked = now;
            }
            SplicePipe.TrimIdle();
            Tell(now);
        }
        finally
        {
            _lock.Exit();
        }
    }

    private void Tell(long now)
    {
        (long pauses, long refused) = (account.Pauses, account.Refused);
        bool isShort = account.IsPaused || pauses != _pauses || refused != _refused;
        if (isShort && (_logged is not { } logged || time.GetElapsedTime(logged, now) >= LogEvery))
        {
            log.DescriptorsShort(account.Used, account.Limit, refused);
            (_logged, _isShort) = (now, true);
        }
        else if (_isShort && !isShort && account.MayAccept)
        {
            log.DescriptorsFree(account.Used, account.Limit);
            _isShort = false;
        }
        (_pauses, _refused) = (pauses, refused);
    }
}
