using System.Net;
using MultiExit.Engine.Configuration.Reading;

namespace MultiExit.Engine.Configuration.Native;

/// <summary>Reads a direct exit.</summary>
internal static class DirectExitBinder
{
    public static DirectExitConfig Read(MapReader reader, string? name)
    {
        IPAddress? address = AddressBinder.Read(reader, "address");
        IPAddress? gateway = AddressBinder.Read(reader, "gateway");
        if (address is not null && gateway is not null && address.AddressFamily != gateway.AddressFamily)
            reader.Context.Errors.Add(reader.Take("gateway")!.Place, $"the gateway {gateway} is of another family than the address {address}");
        return new DirectExitConfig
        {
            Name = name ?? "", Address = address, Gateway = gateway, Interface = InterfaceBinder.Read(reader),
            Mark = reader.Integer("mark", 1, int.MaxValue),
        };
    }
}
