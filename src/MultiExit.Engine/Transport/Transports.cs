using MultiExit.Engine.Errors;
using MultiExit.Engine.Transport.Linux;

namespace MultiExit.Engine.Transport;

/// <summary>Chooses the transport.</summary>
internal static class Transports
{
    public static ITransport Create(TransportKind kind) => kind switch
    {
        TransportKind.Portable => new PortableTransport(),
        TransportKind.Reactor when !ReactorTransport.IsSupported =>
            throw new ProxyException(ProxyError.InvalidConfiguration, "the reactor transport needs Linux on x64 or arm64"),
        TransportKind.Automatic when !ReactorTransport.IsSupported => new PortableTransport(),
        _ => new ReactorTransport(Math.Max(1, Environment.ProcessorCount)),
    };
}
