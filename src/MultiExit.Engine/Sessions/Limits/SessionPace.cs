using MultiExit.Engine.DataPath;

namespace MultiExit.Engine.Sessions.Limits;

/// <summary>Holds the bytes of a session back: by the bandwidth of its client, its user, its inbound and its exit.</summary>
internal sealed class SessionPace
{
    // The bytes before the first wait are ahead of time: all the sessions that share a bandwidth move a twentieth of a second's bytes
    // then, and each has its turn as often.
    private const int QuantaPerSecond = 20;
    private const int SmallestQuantum = 1024;

    // A session that is ended from outside notices within that time.
    private static readonly TimeSpan LongestWait = TimeSpan.FromMilliseconds(250);

    private readonly LimitScope _client;
    private readonly LimitScope? _user;
    private readonly LimitScope _inbound;
    private readonly TimeProvider _time;
    private readonly ILimitReports? _reports;
    private LimitScope? _exit;
    private string? _toldUp; // one of the limits, as all of them would say the same of a session
    private string? _toldDown;
    private readonly PaceHold _up;
    private readonly PaceHold _down;

    public SessionPace(LimitScope client, LimitScope? user, LimitScope inbound, TimeProvider time, ILimitReports? reports = null)
    {
        _client = client;
        _user = user;
        _inbound = inbound;
        _time = time;
        _reports = reports;
        _up = new PaceHold(this, up: true);
        _down = new PaceHold(this, up: false);
    }

    /// <summary>The exit that serves the session, where it has limits; a UDP association is held back by the first one.</summary>
    public LimitScope? Exit
    {
        get => Volatile.Read(ref _exit);
        set => Volatile.Write(ref _exit, value);
    }

    /// <summary>How it holds back the reader of the client's stream.</summary>
    public IReaderHold Up => _up;

    /// <summary>How it holds back the reader of the target's stream.</summary>
    public IReaderHold Down => _down;

    /// <summary>Whether bytes to the target are limited now; a reload may change it.</summary>
    public bool LimitsUp => _client.Up is not null || _user?.Up is not null || _inbound.Up is not null || Exit?.Up is not null;

    /// <summary>Whether bytes to the client are limited now.</summary>
    public bool LimitsDown => _client.Down is not null || _user?.Down is not null || _inbound.Down is not null || Exit?.Down is not null;

    /// <summary>Whether bytes are to be counted when they have moved: a bandwidth holds them back, or would.</summary>
    /// <param name="up">The direction: to the target.</param>
    public bool Counts(bool up) => (up ? LimitsUp : LimitsDown) || HasShadow;

    private bool HasShadow => _client.HasShadow || _user?.HasShadow == true || _inbound.HasShadow || Exit?.HasShadow == true;

    /// <summary>The limit of a direction at present, equal for all sessions with the same limit; null for none.</summary>
    public object? GroupOf(bool up) => up
        ? LimitsUp ? (_client.Up, _user?.Up, _inbound.Up, Exit?.Up) : null
        : LimitsDown ? (_client.Down, _user?.Down, _inbound.Down, Exit?.Down) : null;

    /// <summary>The most bytes to move before asking again.</summary>
    public int Quantum(bool up)
    {
        long share = Math.Min(Math.Min(Share(_client, up), Share(_user, up)), Math.Min(Share(_inbound, up), Share(Exit, up)));
        return (int)Math.Clamp(share / QuantaPerSecond, SmallestQuantum, int.MaxValue);
    }

    /// <summary>Counts bytes that were moved, and waits until more may be.</summary>
    public async ValueTask WaitAsync(bool up, long bytes, Session session)
    {
        if (HasShadow) ReportShadows(up, bytes, session);
        LimitScope? through = Exit;
        Pacer? client = Of(_client, up), user = Of(_user, up), inbound = Of(_inbound, up), exit = Of(through, up);
        TimeSpan wait = Max(
            Charge(client, bytes, out long ofClient), Charge(user, bytes, out long ofUser), Charge(inbound, bytes, out long ofInbound),
            Charge(exit, bytes, out long ofExit));
        if (wait <= TimeSpan.Zero) return;
        PaceHold hold = up ? _up : _down;
        hold.Begin();
        while (wait > TimeSpan.Zero && session.AbortReason is null)
        {
            await Task.Delay(wait < LongestWait ? wait : LongestWait, _time).ConfigureAwait(false);
            // A bandwidth may be another one by now, or none.
            wait = Max(WaitFor(_client, client, ofClient), WaitFor(_user, user, ofUser), WaitFor(_inbound, inbound, ofInbound), WaitFor(through, exit, ofExit));
        }
        hold.End();
    }

    private void ReportShadows(bool up, long bytes, Session session)
    {
        ReportShadow(_client, up, bytes, session);
        if (_user is { } user) ReportShadow(user, up, bytes, session);
        ReportShadow(_inbound, up, bytes, session);
        if (Exit is { } exit) ReportShadow(exit, up, bytes, session);
    }

    private void ReportShadow(LimitScope scope, bool up, long bytes, Session session)
    {
        if (scope.ChargeInShadow(up, bytes) is not var (key, bandwidth, held)) return;
        ref string? told = ref up ? ref _toldUp : ref _toldDown;
        bool first = told is null;
        told ??= key;
        _reports?.WouldHold(key, session.Request.Client, bandwidth, held, first);
    }

    private static long Share(LimitScope? scope, bool up) =>
        Of(scope, up) is { } pacer ? pacer.BytesPerSecond / Math.Max(1, scope!.Sessions) : long.MaxValue;

    private static Pacer? Of(LimitScope? scope, bool up) => up ? scope?.Up : scope?.Down;

    private static TimeSpan Charge(Pacer? pacer, long bytes, out long turn)
    {
        turn = 0;
        return pacer?.Charge(bytes, out turn) ?? TimeSpan.Zero;
    }

    private static TimeSpan WaitFor(LimitScope? scope, Pacer? pacer, long turn) =>
        pacer is not null && (scope!.Up == pacer || scope.Down == pacer) ? pacer.WaitFor(turn) : TimeSpan.Zero;

    private static TimeSpan Max(params ReadOnlySpan<TimeSpan> waits)
    {
        TimeSpan longest = TimeSpan.Zero;
        foreach (TimeSpan wait in waits)
            if (wait > longest) longest = wait;
        return longest;
    }
}
