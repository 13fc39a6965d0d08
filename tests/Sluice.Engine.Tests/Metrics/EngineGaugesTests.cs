using System.Diagnostics.Metrics;
using Sluice.Buffers;
using Sluice.Observability;

namespace Sluice.Engine.Tests;

public sealed class EngineGaugesTests
{
    [Fact]
    public void A_peer_that_was_started_again_is_measured_once()
    {
        string silo = Guid.NewGuid().ToString("N");
        using NetworkBufferPool pool = new(NetworkBufferPoolOptions.ForMemory(1 << 20, 4096));
        using ObservedEngine engine =
            ObservedEngine.OfSilo(silo, pool, () => 1, () => 0, () => 0, () => null);
        engine.PeerOf("127.0.0.1:1@1", _ => $"{silo}-peer").Begin(100);
        engine.PeerOf("127.0.0.1:1@2", _ => $"{silo}-peer").Begin(20);
        List<long> told = [];
        using MeterListener listener = new()
        {
            InstrumentPublished = (instrument, listener) =>
            {
                if (instrument.Meter.Name == Telemetry.MeterName
                    && instrument.Name == InstrumentNames.ExchangeInFlight)
                {
                    listener.EnableMeasurementEvents(instrument);
                }
            },
        };
        listener.SetMeasurementEventCallback<long>((_, value, tags, _) =>
        {
            if (tags.ToArray().Any(tag => Equals(tag.Value, silo)))
            {
                told.Add(value);
            }
        });
        listener.Start();

        listener.RecordObservableInstruments();

        Assert.Equal([120], told);
    }
}
