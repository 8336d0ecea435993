using System.Globalization;
using System.Runtime.CompilerServices;
using MultiExit.Engine.Configuration.Settings;
using MultiExit.Engine.Control;
using MultiExit.Engine.Errors;
using MultiExit.Engine.Events;
using MultiExit.Engine.Status;

namespace MultiExit.Engine.Management;

/// <content>Listening to events.</content>
public sealed partial class ManagedServer
{
    async IAsyncEnumerable<ServerEvent> IServerControl.GetEventsAsync(
        long? after, IReadOnlyCollection<string>? types, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using EventSubscription events = Gateway.Events.Subscribe(after, types);
        await foreach (ServerEvent told in events.Waiting.ReadAllAsync(cancellationToken).ConfigureAwait(false))
        {
            yield return told;
            if (events.TakeMissed() is > 0 and var missed) yield return Missed(told, missed);
        }
    }

    private static ServerEvent Missed(ServerEvent before, long missed) => new(
        before.Number, before.Time, "missed", LogLevel.Warning, "", $"{CountText.Were(missed, "event")} missed: they came faster than they were read",
        new Dictionary<string, string>(StringComparer.Ordinal) { ["Missed"] = missed.ToString(CultureInfo.InvariantCulture) });
}
