using System.Net;
using MultiExit.Engine.Errors;
using MultiExit.Engine.Hashing;
using MultiExit.Engine.Status;

namespace MultiExit.Engine.Identity;

/// <summary>Checks passwords against hashes, one after the other on a thread of its own: the threads that serve connections never compute a hash, and a
/// flood of logins costs half of one core and the memory of one hash. Outlives reloads. Thread-safe.</summary>
/// <remarks>Clients take turns, whatever each of them asks for. A pair of hash and password that was right is remembered for a few minutes, by a keyed
/// hash, so that a client with a login for each connection pays once.</remarks>
/// <param name="time">The clock.</param>
internal sealed class PasswordVerifier(TimeProvider time)
{
    private readonly Lock _lock = new();
    private readonly LoginQueue<LoginJob, bool> _queue = new();
    private readonly VerifiedPasswords _verified = new(time);
    private readonly HashBudget _budget = new(time);
    private bool _working;

    /// <summary>How many logins were refused because too many waited, since the start.</summary>
    public long Refused { get; private set; }

    /// <summary>How long a login waits at most for its turn. Longer than that, its client has gone or goes soon (<c>limits.handshake_timeout</c>).</summary>
    public static TimeSpan MaxWait { get; } = TimeSpan.FromSeconds(8);

    /// <summary>How a hash is computed: for tests.</summary>
    internal Func<PasswordHash, ReadOnlyMemory<byte>, bool> Compute { get; init; } = static (hash, password) => hash.Matches(password.Span);

    /// <summary>Checks a password.</summary>
    /// <param name="hash">The hash that it should have.</param>
    /// <param name="password">The password, UTF-8; it is copied.</param>
    /// <param name="client">Whose login it is: addresses that count as one client have one turn.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>Whether it has.</returns>
    /// <exception cref="ProxyException"><see cref="ProxyError.Overloaded"/>: too many logins wait, of all or of this client.</exception>
    public ValueTask<bool> VerifyAsync(PasswordHash hash, ReadOnlyMemory<byte> password, IPAddress client, CancellationToken cancellationToken)
    {
        string key = _verified.KeyOf(hash, password.Span);
        Task<bool> answer;
        lock (_lock)
        {
            if (_verified.Contains(key)) return new(true);
            LoginJob job = new(hash, key, password.ToArray(), ClientPrefix.Of(client), time.GetTimestamp());
            LoginJob? left = _queue.Add(job, out answer);
            if (left is not null) Refuse(left);
            if (!_working && _queue.Count > 0)
            {
                _working = true;
                _ = Task.Run(WorkAsync, CancellationToken.None);
            }
        }
        return new(answer.WaitAsync(cancellationToken));
    }

    private void Refuse(LoginJob job)
    {
        Refused++;
        job.End(new ProxyException(ProxyError.Overloaded, "too many logins wait for their turn"));
    }

    // Never throws.
    private async Task WorkAsync()
    {
        while (Next() is { } job)
        {
            TimeSpan pause = _budget.Pause;
            if (pause > TimeSpan.Zero) await Task.Delay(pause, time).ConfigureAwait(false);
            try
            {
                // A thread of its own: the pool is for work that is short.
                await Task.Factory.StartNew(
                    () => Work(job), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default).ConfigureAwait(false);
            }
            catch (Exception exception) when (exception is TaskSchedulerException or OutOfMemoryException)
            {
                // The system gives no thread now; the next login asks for one again.
                lock (_lock) _queue.Done(job);
                job.End(exception);
            }
        }
    }

    private LoginJob? Next()
    {
        lock (_lock)
        {
            while (_queue.Take() is { } job)
            {
                if (time.GetElapsedTime(job.Since) <= MaxWait) return job;
                _queue.Done(job);
                Refuse(job);
            }
            _working = false;
            return null;
        }
    }

    private void Work(LoginJob job)
    {
        long began = time.GetTimestamp();
        bool matches = false;
        Exception? fault = null;
        try
        {
            matches = Compute(job.Hash, job.Secret);
        }
        catch (Exception exception)
        {
            fault = exception; // no memory left, for one
        }
        job.Forget();
        _budget.Spend(time.GetElapsedTime(began));
        lock (_lock)
        {
            _queue.Done(job);
            if (matches) _verified.Add(job.Key);
        }
        if (fault is null) job.End(matches);
        else job.End(fault);
    }
}
