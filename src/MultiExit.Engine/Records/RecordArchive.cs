using System.Globalization;
using MultiExit.Engine.Configuration.Settings;
using MultiExit.Engine.Diagnostics;
using MultiExit.Engine.Errors;
using MultiExit.Engine.Status;

namespace MultiExit.Engine.Records;

/// <summary>The files of a record store without its server, which may run meanwhile.</summary>
/// <param name="config">Where they are.</param>
/// <param name="damaged">Takes the path of a file that is damaged; the search goes on without it.</param>
public sealed class RecordArchive(RecordsConfig config, Action<string> damaged)
{
    /// <summary>Searches them.</summary>
    /// <exception cref="ProxyException">They cannot be read, or the library is not there.</exception>
    public async Task<RecordPage> FindAsync(RecordQuery query, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(query);
        Sqlite.Load();
        RecordSearch search = new(config.Path, file => damaged(file.Path));
        return await Task.Run(() => search.Run(query, TimeProvider.System, cancellationToken), cancellationToken).ConfigureAwait(false);
    }

    /// <summary>A record as a line of the access log, with the time of its end before it.</summary>
    public static string Line(SessionRecord record)
    {
        ArgumentNullException.ThrowIfNull(record);
        return $"{record.Ended?.ToLocalTime().ToString("yyyy-MM-ddTHH:mm:ss.fffzzz", CultureInfo.InvariantCulture)} {AccessLine.Of(record)}";
    }

    /// <summary>A record as a line of JSON.</summary>
    public static string Json(SessionRecord record)
    {
        ArgumentNullException.ThrowIfNull(record);
        return RecordJson.Of(record);
    }
}
