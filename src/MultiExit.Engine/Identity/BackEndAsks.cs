using System.Net.Sockets;
using MultiExit.Engine.Configuration.Auth;
using MultiExit.Engine.Configuration.Values;
using MultiExit.Engine.Errors;
using MultiExit.Engine.Status;
using MultiExit.Engine.Tls;

namespace MultiExit.Engine.Identity;

/// <summary>The logins of one back-end: those that wait, one question for all that are the same, answers that still count, and what counts while
/// there is none. Thread-safe.</summary>
/// <remarks>Nothing here blocks a thread. Clients take turns, whatever each of them asks for, so that a flood of one holds up itself; local users and
/// other back-ends have nothing to do with it.</remarks>
internal sealed class BackEndAsks : IUserSource
{
    private readonly Lock _lock = new();
    private readonly AuthConfig _config;
    private readonly IBackEnd _backEnd;
    private readonly TimeProvider _time;
    private readonly AnswerCache _answers;
    private readonly LoginQueue<BackEndJob, BackEndAnswer> _queue = new();
    private readonly UsualTime _denials = new();
    private readonly CancellationTokenSource _ending = new();
    private int _running;

    /// <param name="config">What is configured of it.</param>
    /// <param name="backEnd">Where it is asked; disposed with this.</param>
    /// <param name="time">The clock.</param>
    /// <param name="health">What becomes of the questions.</param>
    public BackEndAsks(AuthConfig config, IBackEnd backEnd, TimeProvider time, BackEndHealth? health = null)
    {
        _config = config;
        _backEnd = backEnd;
        _time = time;
        _answers = new AnswerCache(config.Cache, time);
        Health = health ?? new BackEndHealth(time);
    }

    /// <summary>Whether it answers.</summary>
    public BackEndHealth Health { get; }

    /// <summary>Called with the key of a credential that had been good and is denied now.</summary>
    public Action<string>? TakenBack { get; init; }

    /// <summary>What of it is made of files; null: nothing.</summary>
    public IFromFiles? Files { get; init; }

    /// <summary>Says why a user cannot be one here, such as with an exit that does not exist; null: it can.</summary>
    public Func<BackEndUser, string?>? Check { get; init; }

    /// <inheritdoc/>
    public string Name => _config.Name;

    /// <inheritdoc/>
    public string Type => _config.Type;

    /// <inheritdoc/>
    public bool TakesTokens => _config.TakesTokens;

    /// <inheritdoc/>
    public TimeSpan UsualDenial => _denials.Value;

    /// <inheritdoc/>
    public async ValueTask<(BackEndUser User, string Credential)?> LogInAsync(BackEndQuestion question, CancellationToken cancellationToken)
    {
        string key = _answers.KeyOf(question, _backEnd.LooksAtClient ? $"{question.Inbound} {ClientPrefix.Of(question.Client)}" : null);
        BackEndAnswer answer = await AnswerAsync(question, key, cancellationToken).ConfigureAwait(false);
        return answer.Verdict switch
        {
            BackEndVerdict.Allowed => (answer.User!, key),
            BackEndVerdict.Denied => null,
            BackEndVerdict.Unusable => throw new ProxyException(ProxyError.AccessRefused, answer.Reason ?? ""),
            _ => throw new ProxyException(ProxyError.BackEndUnavailable, "who the client is cannot be asked now"),
        };
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _ending.Cancel();
        _backEnd.Dispose();
    }

    private Task<BackEndAnswer> AnswerAsync(BackEndQuestion question, string key, CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            if (_answers.TryGet(key, out BackEndAnswer? known)) return Task.FromResult(known);
            byte[] secret = question.Secret.ToArray();
            BackEndJob job = new(question, key, secret, ClientPrefix.Of(question.Client), _time.GetTimestamp());
            if (_queue.Add(job, out Task<BackEndAnswer> answer) is { } left) Refuse(left);
            Begin();
            // While it is known to be away nobody waits to see that again, whom its last answer lets in; the question is asked all the same.
            if (_config.OnOutage == OutageRule.Cached && Health.Outage is not null && _answers.LastGood(key) is { } last) return Task.FromResult(last);
            return answer.WaitAsync(cancellationToken);
        }
    }

    // Under the lock, as all that begins and ends.
    private void Begin()
    {
        while (_running < _backEnd.MaxAtOnce && _queue.Take() is { } job)
        {
            TimeSpan left = _config.Timeout - _time.GetElapsedTime(job.Since);
            if (left <= TimeSpan.Zero)
            {
                _queue.Done(job);
                Refuse(job);
                continue;
            }
            _running++;
            _ = AskAsync(job, left);
        }
    }

    // No place: it was not asked, which says nothing of the back-end, unless that is away.
    private void Refuse(BackEndJob job)
    {
        job.Forget();
        if (Health.Outage is { } outage) job.End(InPlaceOf(BackEndAnswer.Unavailable(outage.Reason), job.Key));
        else job.End(new ProxyException(ProxyError.Overloaded, "too many logins wait for their turn"));
    }

    // Never throws.
    private async Task AskAsync(BackEndJob job, TimeSpan patience)
    {
        await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding); // not under the lock of the caller
        long began = _time.GetTimestamp();
        BackEndAnswer answer;
        using (CancellationTokenSource late = new(patience, _time))
        using (CancellationTokenSource both = CancellationTokenSource.CreateLinkedTokenSource(late.Token, _ending.Token))
        {
            try
            {
                answer = await _backEnd.AskAsync(job.Question, both.Token).WaitAsync(both.Token).ConfigureAwait(false);
            }
            catch (OperationCanceledException)
            {
                answer = BackEndAnswer.Unavailable($"no answer within {DurationText.Seconds(_config.Timeout)}");
            }
            catch (Exception exception)
            {
                bool isOutage = _ending.IsCancellationRequested || exception is IOException or SocketException or HttpRequestException or TimeoutException;
                answer = isOutage ? BackEndAnswer.Unavailable(exception.Message) : BackEndAnswer.Unusable(exception.Message);
            }
        }
        job.Forget();
        TimeSpan took = _time.GetElapsedTime(began);
        if (answer.User is { } user && Check?.Invoke(user) is { } problem) answer = BackEndAnswer.Unusable($"its answer is not right: {problem}");
        if (answer.Verdict == BackEndVerdict.Denied) _denials.Note(took);
        if (!_ending.IsCancellationRequested) Health.Note(answer, took);
        bool takenBack = false;
        lock (_lock)
        {
            _running--;
            _queue.Done(job);
            if (answer.Verdict == BackEndVerdict.Allowed) _answers.Allowed(job.Key, answer);
            else if (answer.Verdict == BackEndVerdict.Denied) takenBack = _answers.Denied(job.Key);
            else if (answer.Verdict == BackEndVerdict.Unavailable) answer = InPlaceOf(answer, job.Key);
            Begin();
        }
        if (takenBack) TakenBack?.Invoke(job.Key);
        job.End(answer);
    }

    private BackEndAnswer InPlaceOf(BackEndAnswer missing, string key) =>
        _config.OnOutage == OutageRule.Cached ? _answers.LastGood(key) ?? missing : missing;
}
