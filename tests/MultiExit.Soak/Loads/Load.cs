using MultiExit.Soak.Clients;
using MultiExit.Soak.Targets;

namespace MultiExit.Soak.Loads;

/// <summary>A kind of session.</summary>
internal abstract class Load(Stage stage)
{
    public abstract string Name { get; }

    protected Stage Stage => stage;

    /// <summary>Whether it can go that way.</summary>
    public virtual bool Suits(Way way) => true;

    /// <summary>Runs one session; throws where it does not go as it must.</summary>
    public abstract Task RunAsync(Way way, Random random, CancellationToken cancellationToken);

    /// <summary>Small ones are frequent, large ones are there.</summary>
    protected static long Size(Random random, int smallest = 1, int largest = 4 * 1024 * 1024) =>
        (long)(smallest * Math.Pow((double)largest / smallest, random.NextDouble()));

    protected async Task<Connection> OpenAsync(Way way, Order order, CancellationToken cancellationToken)
    {
        Connection connection = await stage.Dialer.DialAsync(way, stage.Targets.Pattern.EndPoint, cancellationToken);
        try
        {
            await order.SendAsync(connection, cancellationToken);
            return connection;
        }
        catch
        {
            await connection.DisposeAsync();
            throw;
        }
    }
}
