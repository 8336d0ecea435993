namespace MultiExit.Engine.Fleet.Postgres;

/// <summary>Changes that other nodes announce with NOTIFY. Whoever may connect may announce, so that a word costs no more than a read.</summary>
internal sealed class PostgresFeed(PostgresDatabase database) : IChangeFeed
{
    // A connection that the network has lost shows no other way.
    private static readonly TimeSpan AliveEvery = TimeSpan.FromSeconds(10);

    public Task ListenAsync(string fleet, Action listening, Action<string> changed, CancellationToken cancellationToken) =>
        database.UseAsync(async connection =>
        {
            connection.Notification += (_, notification) =>
            {
                int space = notification.Payload.IndexOf(' ', StringComparison.Ordinal);
                if (space > 0 && notification.Payload.AsSpan(space + 1).SequenceEqual(fleet)) changed(notification.Payload[..space]);
            };
            await connection.ExecuteAsync($"LISTEN {PostgresCommands.Channel}", cancellationToken).ConfigureAwait(false);
            listening();
            while (!cancellationToken.IsCancellationRequested)
            {
                if (!await connection.WaitAsync(AliveEvery, cancellationToken).ConfigureAwait(false))
                    await connection.ExecuteAsync("SELECT 1", cancellationToken).ConfigureAwait(false);
            }
            return 0;
        }, cancellationToken);
}
