using MultiExit.Engine.Records.Traffic;
using MultiExit.Engine.Sessions;
using MultiExit.Engine.Status;

namespace MultiExit.Engine.Server;

/// <content>What is left of sessions: a line, a record, and a part of the history.</content>
public sealed partial class GatewayServer
{
    bool ISessionRecorder.IsOn => _log.HasAccess || _records.IsOn;

    ITrafficSink? ISessionRecorder.Traffic => _records.Traffic;

    // At the end of each session, on the thread that ended it.
    void ISessionRecorder.Record(SessionRecord record)
    {
        if (_log.HasAccess) _log.SessionEnded(record);
        _records.Add(record);
    }
}
