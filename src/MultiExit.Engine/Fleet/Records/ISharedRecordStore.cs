using MultiExit.Engine.Errors;
using MultiExit.Engine.Records;

namespace MultiExit.Engine.Fleet.Records;

/// <summary>The records of sessions of all nodes.</summary>
/// <exception cref="ProxyException">The store does not answer.</exception>
internal interface ISharedRecordStore
{
    /// <summary>Makes room for records of now, and drops those that are kept for long enough.</summary>
    /// <returns>The keys that there is room for.</returns>
    Task<RecordRoom> PrepareAsync(CancellationToken cancellationToken);

    /// <summary>Up to which key the store has the records of an origin; null: none of them.</summary>
    Task<long?> ReadCursorAsync(FleetMember member, Guid origin, CancellationToken cancellationToken);

    /// <summary>Writes records and up to where they are written, both or nothing. Those that are there stay as they are.</summary>
    /// <returns>False when the server is no longer the node: nothing was written.</returns>
    Task<bool> WriteAsync(FleetMember member, SharedRecordBatch batch, CancellationToken cancellationToken);

    /// <summary>Searches the records of a fleet, newest first.</summary>
    Task<FleetRecordPage> FindAsync(string fleet, RecordQuery query, TimeProvider time, CancellationToken cancellationToken);
}
