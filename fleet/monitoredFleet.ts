import { adoptedDocument } from './adoption/adoptedDocument.ts';
import { adoptedSystems, stageOf, systemCapacityOf, systemsOf, type Fleet } from './fleet.ts';
import type { MonitoredSystem } from './monitoredSystem.ts';
import { monitoredSystem, publishedSystem } from './names.ts';
import type { PublishedDocument } from './systemDocument.ts';

/** What the systems publish that a stage has and that were made by whatever else. */
export const adoptedDocuments = (fleet: Fleet, stage: string): PublishedDocument[] =>
  adoptedSystems(fleet, stage).map(({ name, adoption, expectedPeak }) =>
    adoptedDocument({ stage, system: name, region: fleet.region, adoption, expectedPeak }),
  );

/** A stage's systems as monitoring knows them, from the configuration alone: nothing need be deployed. */
export function monitoredSystems(fleet: Fleet, stage: string): MonitoredSystem[] {
  const config = stageOf(fleet, stage);
  const adopted = new Map(adoptedDocuments(fleet, stage).map((document) => [document.system, document]));
  return systemsOf(fleet, stage).map(({ name }) => {
    const capacity = systemCapacityOf(config, name);
    const document = adopted.get(name);
    return document
      ? publishedSystem(document, capacity)
      : monitoredSystem(fleet.service, stage, name, capacity);
  });
}
