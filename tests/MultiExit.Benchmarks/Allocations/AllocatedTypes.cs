using System.Diagnostics.Tracing;

namespace MultiExit.Benchmarks.Allocations;

/// <summary>Which types the memory is allocated for, from the samples that the runtime gives.</summary>
internal sealed class AllocatedTypes : EventListener
{
    private const EventKeywords Gc = (EventKeywords)1;

    private readonly Dictionary<string, long> _bytes = [];

    /// <summary>The types with the most bytes.</summary>
    public IEnumerable<(string Type, double Share)> Shares
    {
        get
        {
            lock (_bytes)
            {
                double all = _bytes.Values.Sum();
                return [.. _bytes.OrderByDescending(each => each.Value).Select(each => (each.Key, each.Value / all))];
            }
        }
    }

    protected override void OnEventSourceCreated(EventSource eventSource)
    {
        if (eventSource.Name == "Microsoft-Windows-DotNETRuntime") EnableEvents(eventSource, EventLevel.Verbose, Gc);
    }

    protected override void OnEventWritten(EventWrittenEventArgs eventData)
    {
        if (eventData.EventName?.StartsWith("GCAllocationTick", StringComparison.Ordinal) != true || _bytes is null) return;
        int name = eventData.PayloadNames!.IndexOf("TypeName");
        int amount = eventData.PayloadNames.IndexOf("AllocationAmount64");
        if (name < 0 || amount < 0) return;
        lock (_bytes)
        {
            string type = (string)eventData.Payload![name]!;
            _bytes[type] = _bytes.GetValueOrDefault(type) + (long)(ulong)eventData.Payload[amount]!;
        }
    }
}
