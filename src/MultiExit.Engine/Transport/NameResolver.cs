using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace MultiExit.Engine.Transport;

/// <summary>The system's resolver. Identical look-ups at the same time are one, and an answer is kept for a few seconds:
/// long enough for the burst of connections that a page opens, short enough that its users need not consider it a cache.</summary>
internal sealed class NameResolver : INameResolver
{
    /// <summary>How long an answer is used again.</summary>
    internal static readonly TimeSpan Lifetime = TimeSpan.FromSeconds(5);

    /// <summary>The most answers kept.</summary>
    internal const int Capacity = 1024;

    // getaddrinfo holds a thread of the process while it waits; names of a dead zone must not take them all.
    private static readonly SemaphoreSlim Slots = new(64);

    private const int MaxName = 253;
    private const int MaxLabel = 63;
    private readonly ConcurrentDictionary<string, Lazy<Task<NameResult>>> _pending = new(StringComparer.OrdinalIgnoreCase);
    private readonly ConcurrentDictionary<string, Answer> _answers = new(StringComparer.OrdinalIgnoreCase);
    private readonly TimeProvider _time;
    private readonly Func<string, Task<IPAddress[]>> _lookUp;

    public NameResolver(TimeProvider time) : this(time, name => Dns.GetHostAddressesAsync(name)) { }

    internal NameResolver(TimeProvider time, Func<string, Task<IPAddress[]>> lookUp)
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
        Lazy<Task<NameResult>> pending = _pending.GetOrAdd(name, key => new(() => LookUpAsync(key)));
        return new(pending.Value.WaitAsync(cancellationToken));
    }

    private async Task<NameResult> LookUpAsync(string name)
    {
        // The entry has to be in the table before it can be removed again.
        await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
        try
        {
            IPAddress[] addresses = await LookUpInTurnAsync(name).ConfigureAwait(false);
            if (addresses.Length == 0) return NameResult.Failed($"{name} has no address");
            NameResult result = NameResult.Success([.. addresses.Select(Unmap).Distinct()]);
            Keep(name, result);
            return result;
        }
        catch (Exception exception) when (exception is SocketException or ArgumentException)
        {
            return NameResult.Failed($"{name} does not resolve: {exception.Message}");
        }
        finally
        {
            _pending.TryRemove(name, out _);
        }
    }

    private async Task<IPAddress[]> LookUpInTurnAsync(string name)
    {
        await Slots.WaitAsync().ConfigureAwait(false);
        try
        {
            return await _lookUp(name).ConfigureAwait(false);
        }
        finally
        {
            Slots.Release();
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
