using MultiExit.Engine.Records.Traffic;
using MultiExit.Engine.Status;

namespace MultiExit.Engine.Sessions;

/// <summary>Takes the records of what has ended. Called on the thread that ended it, which must not wait. Thread-safe.</summary>
internal interface ISessionRecorder
{
    /// <summary>Whether anybody reads the records; none is made otherwise.</summary>
    bool IsOn { get; }

    /// <summary>The history, which takes what each session has done by its end; null where there is none.</summary>
    ITrafficSink? Traffic { get; }

    /// <summary>A session has ended, or a destination of a UDP association.</summary>
    void Record(SessionRecord record);
}
