using System.Globalization;
using MultiExit.Engine.Protocols.Dns;
using MultiExit.Engine.Protocols.Ech;
using MultiExit.Engine.Tls.Ech;

namespace MultiExit.Engine.Resolving;

/// <summary>A config from the HTTPS record of a name (RFC 9848). It is renewed before it expires; one that has expired is not used.</summary>
internal sealed class LookedUpEchConfig(DnsCache cache, string name) : IEchConfigSource
{
    // When the last config that was found expires; null before the first.
    private volatile Expiry? _last;

    public async ValueTask<EchConfigResult> GetAsync(CancellationToken cancellationToken)
    {
        DnsAnswer answer = await HttpsRecords.LookUpAsync(cache, name, cancellationToken).ConfigureAwait(false);
        if (answer.Found)
        {
            EchConfigResult result = Select(answer.Records, name);
            if (result.Succeeded) _last = new(answer.Expires);
            return result;
        }
        return EchConfigResult.Failed(_last is { } last && answer.Status >= DnsStatus.Expired
            ? string.Create(CultureInfo.InvariantCulture,
                $"the ECH config of {name} expired at {last.At:yyyy-MM-dd HH:mm:ss} UTC and cannot be renewed: {answer.Failure}")
            : $"no ECH config: {answer.Failure}");
    }

    /// <summary>The best config of the records.</summary>
    /// <param name="records">HTTPS records, the best first.</param>
    /// <param name="name">The owner of the records, for the sentence.</param>
    public static EchConfigResult Select(IReadOnlyList<DnsRecord> records, string name)
    {
        List<string> reasons = [];
        foreach (DnsServiceRecord record in records.OfType<DnsServiceRecord>())
        {
            if (record.UnknownMandatory is { } key)
            {
                reasons.Add(string.Create(CultureInfo.InvariantCulture, $"a record must not be used without the parameter key{key}, which is not known"));
                continue;
            }
            if (record.Ech is null) continue;
            string? fault = EchConfigList.Parse(record.Ech, out EchConfigList? list);
            if (list?.Usable is { } config) return EchConfigResult.Success(config);
            reasons.Add(fault is null ? list!.WhyNot! : $"the ECHConfigList {fault}");
        }
        return EchConfigResult.Failed(reasons.Count == 0
            ? $"no ECH config: the HTTPS record of {name} has no ech parameter"
            : $"no ECH config in the HTTPS record of {name}: {string.Join("; ", reasons)}");
    }

    private sealed record Expiry(DateTimeOffset At);
}
