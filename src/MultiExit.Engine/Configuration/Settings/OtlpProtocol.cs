namespace MultiExit.Engine.Configuration.Settings;

/// <summary>How metrics are pushed.</summary>
public enum OtlpProtocol
{
    /// <summary>Protobuf in HTTP POSTs (<c>http/protobuf</c>).</summary>
    HttpProtobuf,

    /// <summary>gRPC (<c>grpc</c>).</summary>
    Grpc,
}
