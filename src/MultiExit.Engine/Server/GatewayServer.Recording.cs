using MultiExit.Engine.Errors;
using MultiExit.Engine.Records;
using MultiExit.Engine.Records.Traffic;
using MultiExit.Engine.Sessions;
using MultiExit.Engine.Status;

namespace MultiExit.Engine.Server;

/// <content>What is left of sessions: a line, a record, and a part of the history.</content>
public sealed partial class GatewayServer
{
    /// <summary>Searches the records of sessions that have ended, newest first.</summary>
    /// <param name="query">What is looked for.</param>
    /// <param name="cancellationToken">Ends the search.</param>
    /// <exception cref="ProxyException">The server keeps none, or they cannot be read.</exception>
    public Task<RecordPage> FindRecordsAsync(RecordQuery query, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(query);
        return _records.FindAsync(query, cancellationToken);
    }

    /// <summary>What went through the server, by user, exit and inbound in periods; what has moved until now is in it.</summary>
    /// <param name="query">What is asked for.</param>
    /// <param name="cancellationToken">Ends the wait for the answer.</param>
    /// <exception cref="ProxyException">The server keeps no history, it cannot be read, or the answer is too long.</exception>
    public Task<IReadOnlyList<TrafficRow>> FindTrafficAsync(TrafficQuery query, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(query);
        return _records.FindTrafficAsync(query, cancellationToken);
    }

    // Where records go once another process has the store; null: into the store.
    private volatile Action<SessionRecord>? _recordsElsewhere;

    bool ISessionRecorder.IsOn => _log.HasAccess || _records.IsOn || _recordsElsewhere is not null;

    ITrafficSink? ISessionRecorder.Traffic => _records.Traffic;

    // At the end of each session, on the thread that ended it.
    void ISessionRecorder.Record(SessionRecord record)
    {
        if (_log.HasAccess) _log.SessionEnded(record);
        if (_recordsElsewhere is { } elsewhere) elsewhere(record);
        else _records.Add(record);
    }
}
