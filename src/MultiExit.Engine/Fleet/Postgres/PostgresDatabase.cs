using System.Globalization;
using System.Net.Sockets;
using System.Text;
using MultiExit.Engine.Configuration.Settings;
using MultiExit.Engine.Diagnostics;
using MultiExit.Engine.Errors;
using Npgsql;

namespace MultiExit.Engine.Fleet.Postgres;

/// <summary>A few connections to a database, each step of which has a time-out. Statements have parameters, never texts of others.</summary>
internal sealed class PostgresDatabase : IAsyncDisposable
{
    // One that listens, one for each of two workers, one for operators who ask the store and one for those who ask nodes; and one for clients that may be
    // replays.
    private const int MaxConnections = 5, MaxWithReplays = 6;

    private readonly NpgsqlDataSource _source;
    private readonly string _place;
    private readonly string? _socket;

    public PostgresDatabase(FleetConfig config)
    {
        _place = config.Store.ToString();
        _socket = config.Store.IsLocal ? string.Create(CultureInfo.InvariantCulture, $"{config.Store.Host.TrimEnd('/')}/.s.PGSQL.{config.Store.Port}") : null;
        int seconds = (int)FleetTimes.Patience.TotalSeconds;
        NpgsqlConnectionStringBuilder builder = new()
        {
            Host = config.Store.Host, Port = config.Store.Port, Database = config.Store.Database, Username = config.Store.User,
            // A Unix socket is as private as its folder; everything else is encrypted, and the server proves its name.
            SslMode = config.Store.IsLocal ? SslMode.Disable : SslMode.VerifyFull,
            GssEncryptionMode = GssEncryptionMode.Disable,
            RootCertificate = config.CaFile,
            Password = config.Password is { } password ? Encoding.UTF8.GetString(password.Reveal()) : null,
            MaxPoolSize = config.Replay == FleetReplay.Shared ? MaxWithReplays : MaxConnections, MinPoolSize = 0,
            Timeout = seconds, CommandTimeout = seconds, CancellationTimeout = 1000, KeepAlive = 0,
            ApplicationName = "multiexit", PersistSecurityInfo = false, IncludeErrorDetail = false, Enlist = false,
        };
        NpgsqlDataSourceBuilder source = new(builder.ConnectionString);
        _source = source.Build();
    }

    /// <summary>Runs one step with a connection.</summary>
    /// <exception cref="ProxyException">The store does not answer, or refuses it.</exception>
    public async Task<T> UseAsync<T>(Func<NpgsqlConnection, Task<T>> step, CancellationToken cancellationToken)
    {
        try
        {
            NpgsqlConnection connection = await _source.OpenConnectionAsync(cancellationToken).ConfigureAwait(false);
            await using (connection.ConfigureAwait(false)) return await step(connection).ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is NpgsqlException or TimeoutException or IOException or InvalidCastException
            or SocketException or System.Security.Authentication.AuthenticationException
            or System.Security.Cryptography.CryptographicException)
        {
            throw new ProxyException(ProxyError.StoreUnreachable, $"the store {_place}: {Describe(exception)}", exception);
        }
    }

    public ValueTask DisposeAsync() => _source.DisposeAsync();

    // What the server says is text of others.
    private string Describe(Exception exception) => LogText.Clean(exception switch
    {
        // The runtime has no word of its own for a path that is not there.
        { InnerException: SocketException { SocketErrorCode: SocketError.AddressNotAvailable } } when _socket is not null =>
            $"there is no Unix socket {_socket}: PostgreSQL does not run here, or its unix_socket_directories and port are others",
        PostgresException { SqlState: PostgresErrorCodes.InsufficientPrivilege } refused => $"{refused.MessageText} (docs/fleet.md has what a role needs)",
        PostgresException server => server.MessageText,
        { InnerException: { } inner } => $"{exception.Message.TrimEnd('.')}: {inner.Message}",
        _ => exception.Message,
    });
}
