using System.Collections.Concurrent;
using System.Globalization;
using MultiExit.Engine.Configuration.Values;
using MultiExit.Engine.Protocols.Dns;

namespace MultiExit.Engine.Resolving;

/// <summary>Looks names up and keeps answers for as long as they hold, never longer. Equal look-ups at the same time are one; an
/// answer that is used when most of its time has passed is renewed in the background. Thread-safe.</summary>
internal sealed class DnsCache(IDnsClient client, TimeProvider time)
{
    /// <summary>The most answers kept.</summary>
    internal const int Capacity = 4096;

    /// <summary>The longest that an answer is kept (RFC 8767 section 4 sets 7 days; names move faster than that).</summary>
    internal static readonly TimeSpan LongestTtl = TimeSpan.FromDays(1);

    /// <summary>The longest that a negative answer is kept (RFC 2308 section 5 recommends 1 to 3 hours at most; an operator who adds a
    /// record does not want to wait).</summary>
    internal static readonly TimeSpan LongestNegativeTtl = TimeSpan.FromMinutes(5);

    /// <summary>How long a failure is kept, so that a resolver in trouble is not asked by every connection (RFC 9520 section 3.2).</summary>
    internal static readonly TimeSpan FailureTtl = TimeSpan.FromSeconds(1);

    private readonly ConcurrentDictionary<Key, Entry> _entries = new();
    private readonly ConcurrentDictionary<Key, Lazy<Task<DnsAnswer>>> _pending = new();

    internal int Count => _entries.Count;

    // The wall clock may be set; how long an answer holds does not depend on it.
    private TimeSpan Now => time.GetElapsedTime(0);

    internal bool IsAsking => !_pending.IsEmpty;

    /// <summary>Looks up.</summary>
    /// <param name="name">A normalized name.</param>
    /// <param name="type">A, AAAA or HTTPS.</param>
    /// <param name="cancellationToken">Ends this wait, not that of others.</param>
    public ValueTask<DnsAnswer> LookUpAsync(string name, DnsType type, CancellationToken cancellationToken)
    {
        Key key = new(name, type);
        TimeSpan now = Now;
        if (_entries.TryGetValue(key, out Entry? entry) && now < entry.Until)
        {
            if (now >= entry.Renewal) _ = Start(key);
            return new(entry.Answer);
        }
        return new(Start(key).WaitAsync(cancellationToken));
    }

    private Task<DnsAnswer> Start(Key key) => _pending.GetOrAdd(key, static (key, cache) => new(() => cache.RunAsync(key)), this).Value;

    private async Task<DnsAnswer> RunAsync(Key key)
    {
        // The entry has to be in the table before it can be removed again.
        await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
        try
        {
            DnsAnswer answer = await AskAsync(key).ConfigureAwait(false);
            Keep(key, answer);
            return answer;
        }
        finally
        {
            _pending.TryRemove(key, out _);
        }
    }

    // The look-up belongs to all callers that wait for it, so the token of one caller does not end it. The client's time-outs do.
    private async ValueTask<DnsAnswer> AskAsync(Key key)
    {
        string name = key.Name;
        uint ttl = uint.MaxValue;
        TimeSpan age = TimeSpan.Zero;
        for (int hop = 0; hop <= DnsMessage.MaxAliases; hop++)
        {
            string asked = name;
            DnsReply reply = await client.QueryAsync(asked, key.Type, CancellationToken.None).ConfigureAwait(false);
            if (reply.Message is not { } message) return Failed(reply.Status, reply.Failure!);
            if (reply.Age > age) age = reply.Age;
            IReadOnlyList<DnsRecord> records = key.Type == DnsType.Https
                ? message.Follow<DnsServiceRecord>(ref name, ref ttl)
                : message.Follow<DnsAddressRecord>(ref name, ref ttl);
            if (records.Count > 0) return Found(asked, records, TimeSpan.FromSeconds(ttl), age);
            switch (message.Code)
            {
                case DnsResponseCode.NoSuchName:
                    return Negative(DnsStatus.NoSuchName, $"the name {name} does not exist", message.NegativeTtl, ttl);
                case not DnsResponseCode.NoError:
                    return Failed(DnsStatus.BadAnswer, $"the resolver answers {message.Code} for {name}");
            }
            if (name == asked || message.NegativeTtl is not null)
                return Negative(DnsStatus.NoRecord, $"{name} has no {NameOf(key.Type)} record", message.NegativeTtl, ttl);
        }
        return Failed(DnsStatus.BadAnswer, $"{key.Name} leads through more than {DnsMessage.MaxAliases} aliases");
    }

    private DnsAnswer Found(string name, IReadOnlyList<DnsRecord> records, TimeSpan ttl, TimeSpan age)
    {
        if (age > ttl)
        {
            return Failed(DnsStatus.Expired, string.Create(CultureInfo.InvariantCulture,
                $"the answer for {name} had expired when it came: it was {DurationText.Seconds(age)} old and holds for {DurationText.Seconds(ttl)}"));
        }
        TimeSpan rest = ttl - age;
        return new(DnsStatus.Found, records, null, time.GetUtcNow() + (rest < LongestTtl ? rest : LongestTtl));
    }

    // Without a SOA record, how long it holds is unknown (RFC 2308 section 5).
    private DnsAnswer Negative(DnsStatus status, string failure, uint? negativeTtl, uint aliasTtl)
    {
        TimeSpan ttl = TimeSpan.FromSeconds(Math.Min(negativeTtl ?? 0, aliasTtl));
        return new(status, [], failure, time.GetUtcNow() + (ttl < LongestNegativeTtl ? ttl : LongestNegativeTtl));
    }

    private DnsAnswer Failed(DnsStatus status, string failure) => new(status, [], failure, time.GetUtcNow() + FailureTtl);

    private void Keep(Key key, DnsAnswer answer)
    {
        TimeSpan now = Now;
        TimeSpan until = now + (answer.Expires - time.GetUtcNow());
        if (answer.Status >= DnsStatus.Expired && _entries.TryGetValue(key, out Entry? present)
            && present.Answer.Found && now < present.Until)
        {
            // It still holds; the next attempt to renew it comes after a pause.
            _entries[key] = present with { Renewal = until };
            return;
        }
        if (until <= now)
        {
            _entries.TryRemove(key, out _);
            return;
        }
        if (_entries.Count >= Capacity && !_entries.ContainsKey(key))
        {
            foreach (KeyValuePair<Key, Entry> old in _entries)
                if (old.Value.Until <= now) _entries.TryRemove(old);
            if (_entries.Count >= Capacity) return;
        }
        // In the last fifth; a negative answer is not renewed, only asked for again.
        TimeSpan renewal = answer.Found ? until - (until - now) / 5 : until;
        _entries[key] = new(answer, until, renewal);
    }

    private static string NameOf(DnsType type) => type.ToString().ToUpperInvariant();

    private readonly record struct Key(string Name, DnsType Type);

    private sealed record Entry(DnsAnswer Answer, TimeSpan Until, TimeSpan Renewal);
}
