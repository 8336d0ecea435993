namespace MultiExit.Engine.Records.Traffic;

/// <summary>Takes what sessions have done since they said so last. Never waits. Thread-safe.</summary>
internal interface ITrafficSink
{
    /// <summary>Adds to a row of the history.</summary>
    void Add(TrafficKey key, TrafficDelta delta);
}
