using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace MultiExit.Engine.Transport;

/// <summary>The system's resolver. Identical look-ups at the same time are one, and an answer is kept for a few seconds:
/// long enough for the burst of connections that a page opens, short enough that its users need not consider it a cache.</summary>
internal sealed class SystemNameResolver : INameResolver
{
    /// <summary>How long an answer is used again.</summary>
    internal static readonly TimeSpan Lifetime = TimeSpan.FromSeconds(5);

    /// <summary>The most answers kept.</summary>
    internal const int Capacity = 1024;

    // Names of a dead zone must not take all threads that the process may have.
    private static readonly SemaphoreSlim Slots = new(ThreadBudget.LookUps);

    private static readonly LookUpThreads Threads = new(ThreadBudget.LookUps, TimeSpan.FromSeconds(10));

    private const int MaxName = 253;
    private const int MaxLabel = 63;
    private readonly ConcurrentDictionary<string, PendingLookUp> _pending = new(StringComparer.OrdinalIgnoreCase);
    private readonly ConcurrentDictionary<string, Answer> _answers = new(StringComparer.OrdinalIgnoreCase);
    private readonly TimeProvider _time;
    private readonly Func<string, Task<IPAddress[]>> _lookUp;

    public SystemNameResolver(TimeProvider time) : this(time, name => Threads.RunAsync(() => Dns.GetHostAddresses(name))) { }

    internal SystemNameResolver(TimeProvider time, Func<string, Task<IPAddress[]>> lookUp)
    {
        _time = time;
        _lookUp = lookUp;
    }

    internal int Count => _answers.Count;

    public ValueTask<NameResult> ResolveAsync(string name, CancellationToken cancellationToken)
    {
        if (Fault(name) is { } fault) return new(NameResult.Failed(fault));
        if (_answers.TryGetValue(name, out Answer answer) && _time.GetElapsedTime(answer.Taken) < Lifetime) return new(answer.Result);
        // The look-up belongs to all callers that wait for it, so the token of one caller does not end it; each caller ends its own wait.
        while (true)
        {
            PendingLookUp added = new();
            PendingLookUp pending = _pending.GetOrAdd(name, added);
            ValueTask<NameResult>? joined = pending.Join(cancellationToken);
            if (ReferenceEquals(pending, added)) _ = RunAsync(name, pending);
            if (joined is { } result) return result;
            // All callers have given it up, and it is not out of the table yet.
            _pending.TryRemove(new(name, pending));
        }
    }

    private async Task RunAsync(string name, PendingLookUp pending)
    {
        NameResult result = NameResult.Failed($"the look-up of {name} was canceled");
        await Slots.WaitAsync().ConfigureAwait(false);
        try
        {
            if (pending.TryBegin()) result = await LookUpAsync(name).ConfigureAwait(false);
        }
        finally
        {
            Slots.Release();
            _pending.TryRemove(new(name, pending));
            pending.Complete(result);
        }
    }

    private async Task<NameResult> LookUpAsync(string name)
    {
        try
        {
            IPAddress[] addresses = await _lookUp(name).ConfigureAwait(false);
            if (addresses.Length == 0) return NameResult.Failed($"{name} has no address");
            NameResult result = NameResult.Success([.. addresses.Select(Unmap).Distinct()]);
            Keep(name, result);
            return result;
        }
        catch (Exception exception) when (exception is SocketException or ArgumentException or InvalidOperationException)
        {
            return NameResult.Failed($"{name} does not resolve: {exception.Message}");
        }
    }

    private void Keep(string name, NameResult result)
    {
        long now = _time.GetTimestamp();
        if (_answers.Count >= Capacity)
        {
            foreach (KeyValuePair<string, Answer> old in _answers)
                if (_time.GetElapsedTime(old.Value.Taken, now) >= Lifetime) _answers.TryRemove(old);
            if (_answers.Count >= Capacity) return;
        }
        _answers[name] = new(result, now);
    }

    // RFC 1035 section 2.3.4, in characters; a name outside ASCII only gets longer on its way to the wire, and the system refuses it then.
    private static string? Fault(string name)
    {
        ReadOnlySpan<char> rest = name.AsSpan().TrimEnd('.');
        if (rest.IsEmpty) return "the name is empty";
        if (rest.Length > MaxName) return $"the name is longer than {MaxName} characters";
        foreach (Range label in rest.Split('.'))
        {
            (int _, int length) = label.GetOffsetAndLength(rest.Length);
            if (length is 0 or > MaxLabel) return $"the name has a label that is empty or longer than {MaxLabel} characters";
        }
        return null;
    }

    private static IPAddress Unmap(IPAddress address) => address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;

    private readonly record struct Answer(NameResult Result, long Taken);
}
