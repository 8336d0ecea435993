using MultiExit.Engine.DataPath;
using MultiExit.Engine.Errors;
using MultiExit.Engine.Transport;

namespace MultiExit.Engine.Probing;

/// <summary>One measurement: latency first, then each direction that the target has.</summary>
internal sealed class Measurement
{
    private const int MaxConnects = 100, AnswersPerConnection = 10;
    private const double LatencyShare = 0.2;

    private readonly TunnelMeasureRequest _request;
    private readonly IExit _exit;
    private readonly OwnTarget? _own;
    private readonly MeasureTarget _target;
    private readonly MeasureFlow _flow;
    private readonly string _through;
    private readonly MeasureProgress _progress;
    private readonly TimeProvider _time;
    private readonly List<TimeSpan> _connects = [], _answers = [];
    private readonly Lock _lock = new();
    private int _failed;
    private string? _lastFailure;

    public Measurement(TunnelMeasureRequest request, IExit exit, OwnTarget? own, string through, MeasureProgress progress, TimeProvider time)
    {
        (_request, _exit, _own, _through, _progress, _time) = (request, exit, own, through, progress, time);
        _target = request.Target ?? new MeasureTarget(MeasureTargetKind.Own, own!.Destination);
        _flow = new MeasureFlow(_target, own);
    }

    public async Task<TunnelMeasureResult> RunAsync(CancellationToken cancellationToken)
    {
        DateTimeOffset began = _time.GetUtcNow();
        long start = _time.GetTimestamp();
        // Alone and outside of the time: it says whether there is anything to measure.
        await (await ConnectAsync(cancellationToken).ConfigureAwait(false)).DisposeAsync().ConfigureAwait(false);
        _connects.Clear();
        _progress.Begin(_request.Duration);
        _progress.Enter(MeasurePhase.Latency);
        await TakeTimesAsync(_request.Duration * LatencyShare, cancellationToken).ConfigureAwait(false);
        // What comes back from an echo goes there as well: one measurement is both.
        bool isBoth = _target.Kind == MeasureTargetKind.Echo;
        TimeSpan each = _request.Duration * (1 - LatencyShare) / (_flow.HasUp && _flow.HasDown && !isBoth ? 2 : 1);
        MovedBytes? up = _flow.HasUp ? await MoveAsync(MeasurePhase.Up, each, cancellationToken).ConfigureAwait(false) : null;
        MovedBytes? down = isBoth ? up : _flow.HasDown ? await MoveAsync(MeasurePhase.Down, each, cancellationToken).ConfigureAwait(false) : null;
        return new TunnelMeasureResult
        {
            Through = _through, Target = _target.ToString(), Time = began, Duration = _time.GetElapsedTime(start), Up = up, Down = down,
            Connects = [.. _connects.Order()], RoundTrips = [.. _answers.Order()], Failed = _failed, LastFailure = _lastFailure,
        };
    }

    private async Task TakeTimesAsync(TimeSpan most, CancellationToken cancellationToken)
    {
        long start = _time.GetTimestamp();
        for (int i = 0; i < MaxConnects && (i == 0 || _time.GetElapsedTime(start) < most); i++)
        {
            try
            {
                DuplexStream stream = await ConnectAsync(cancellationToken).ConfigureAwait(false);
                await using (stream.ConfigureAwait(false))
                {
                    if (!_flow.Answers) continue;
                    using CancellationTokenSource patience = Patience(cancellationToken);
                    await _flow.OpenAsync(stream, patience.Token).ConfigureAwait(false);
                    bool goesOn = true;
                    for (int answer = 0; goesOn && answer < AnswersPerConnection; answer++)
                    {
                        long asked = _time.GetTimestamp();
                        goesOn = await _flow.AskAsync(stream, patience.Token).ConfigureAwait(false);
                        _answers.Add(_time.GetElapsedTime(asked));
                    }
                }
            }
            catch (Exception exception) when (IsOfOneConnection(exception, cancellationToken))
            {
                Fail(exception);
                if (_answers.Count == 0 && _flow.Answers && i > 0) throw Failure(_lastFailure!);
            }
        }
        if (_flow.Answers && _answers.Count == 0) throw Failure(_lastFailure ?? "the target does not answer");
    }

    private async Task<MovedBytes> MoveAsync(MeasurePhase phase, TimeSpan most, CancellationToken cancellationToken)
    {
        _progress.Enter(phase);
        DuplexStream[] streams = await Task.WhenAll(Enumerable.Range(0, _request.Parallel).Select(_ => ConnectAsync(cancellationToken))).ConfigureAwait(false);
        long before = _own?.Taken ?? 0;
        long start = _time.GetTimestamp(), last = start;
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(most);
        try
        {
            await Task.WhenAll(streams.Select(stream => MoveAsync(stream))).ConfigureAwait(false);
            cancellationToken.ThrowIfCancellationRequested();
            if (_own is null || phase != MeasurePhase.Up) return new MovedBytes(_progress.Bytes, _time.GetElapsedTime(start, Interlocked.Read(ref last)));
            // What was sent may be on its way still: what has arrived counts. Where the number of bytes ended it, all of them are waited for.
            TimeSpan left = most - _time.GetElapsedTime(start);
            if (left > TimeSpan.Zero && _progress.Bytes >= _request.MaxBytes)
                await _own.WhenTakenAsync(before + _progress.Bytes).WaitAsync(left, _time, cancellationToken)
                    .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            cancellationToken.ThrowIfCancellationRequested();
            return new MovedBytes(_own.Taken - before, _time.GetElapsedTime(start));
        }
        finally
        {
            foreach (DuplexStream stream in streams) await stream.DisposeAsync().ConfigureAwait(false);
        }

        async Task MoveAsync(DuplexStream stream)
        {
            try
            {
                await _flow.MoveAsync(stream, phase, Count, limit.Token).ConfigureAwait(false);
            }
            catch (Exception exception) when (IsOfOneConnection(exception, limit.Token) || limit.IsCancellationRequested)
            {
                if (!limit.IsCancellationRequested) Fail(exception);
            }
        }

        void Count(int bytes)
        {
            long all = _progress.Add(bytes);
            Interlocked.Exchange(ref last, _time.GetTimestamp());
            if (all >= _request.MaxBytes) limit.Cancel();
        }
    }

    private async Task<DuplexStream> ConnectAsync(CancellationToken cancellationToken)
    {
        using CancellationTokenSource patience = Patience(cancellationToken);
        long start = _time.GetTimestamp();
        DialResult dial;
        try
        {
            dial = await _exit.DialAsync(_target.Destination, new DialContext(), patience.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw Failure("no connection in time");
        }
        if (!dial.Succeeded) throw Failure(DetailOf(dial));
        lock (_lock) _connects.Add(_time.GetElapsedTime(start));
        return dial.Connection;
    }

    // The name of an exit that a URL became was generated, not given by the user.
    private string DetailOf(DialResult dial)
    {
        string detail = dial.Detail ?? dial.Failure.ToString(), own = $"{_exit.Name}: ";
        return _request.Exit is null && detail.StartsWith(own, StringComparison.Ordinal) ? detail[own.Length..] : detail;
    }

    private CancellationTokenSource Patience(CancellationToken cancellationToken)
    {
        var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(_request.ConnectTimeout);
        return patience;
    }

    private void Fail(Exception exception)
    {
        lock (_lock) (_failed, _lastFailure) = (_failed + 1, exception is OperationCanceledException ? "no answer in time" : exception.Message);
    }

    private static bool IsOfOneConnection(Exception exception, CancellationToken cancellationToken) =>
        exception is IOException or ProxyException { Reason: ProxyError.MeasurementFailed }
        || (exception is OperationCanceledException && !cancellationToken.IsCancellationRequested);

    private ProxyException Failure(string detail) => new(ProxyError.MeasurementFailed,
        $"{_through}: {_target.Destination} is not reached, or does not do what a measurement needs: {detail}"
        + (_own is null ? "" : "; it is this machine as the proxy may see it: give -Target where that does not lead here, or is not allowed"));
}
