using MultiExit.Engine.Configuration;
using MultiExit.Engine.Configuration.Settings;
using MultiExit.Engine.Events;

namespace MultiExit.Engine.Server;

/// <content>Those who are told of events.</content>
public sealed partial class GatewayServer
{
    // Under the configuration lock.
    private readonly Dictionary<NotifyConfig, Notifier> _notifiers = [];

    // After the change; those who stay go on with what waits for them. One that begins with the server hears of its start.
    private void Notify(GatewayConfig config, bool starts)
    {
        foreach ((NotifyConfig target, Notifier notifier) in _notifiers.Where(pair => !config.Notify.Contains(pair.Key)).ToArray())
        {
            _notifiers.Remove(target);
            _ = notifier.DisposeAsync().AsTask();
        }
        foreach (NotifyConfig target in config.Notify.Distinct().Where(target => !_notifiers.ContainsKey(target)))
        {
            INotice notice = target.Command.Count > 0 ? new CommandNotice(config.Name, target.Command) : new HttpNotice(target);
            EventSubscription events = _events.Subscribe(starts ? 0 : null, target.Events);
            _notifiers[target] = new Notifier(config.Name, target.Target, notice, events, _log, _options.Time);
        }
    }

    private async ValueTask StopNotifyingAsync() =>
        await Task.WhenAll(_notifiers.Values.Select(notifier => notifier.DisposeAsync().AsTask())).ConfigureAwait(false);
}
